import { Activity, KeyRound, Settings, Ship, Smartphone, Split, Waypoints, type LucideIcon } from 'lucide-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

export type ScreenId = 'release' | 'channels' | 'devices' | 'activity' | 'keys' | 'connect' | 'settings';

export type Screen = {
  readonly id: ScreenId;
  /** First part of the address; a screen routes below it by itself. */
  readonly path: `/${ScreenId}`;
  readonly icon: LucideIcon;
  readonly Component: LazyExoticComponent<ComponentType>;
};

/** The rail from top to bottom; Ctrl/⌘1 is the first. */
export const screens: readonly Screen[] = [
  {
    id: 'release',
    path: '/release',
    icon: Ship,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/release/ReleaseScreen.tsx')).ReleaseScreen,
    })),
  },
  {
    id: 'channels',
    path: '/channels',
    icon: Split,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/channels/ChannelsScreen.tsx')).ChannelsScreen,
    })),
  },
  {
    id: 'devices',
    path: '/devices',
    icon: Smartphone,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/devices/DevicesScreen.tsx')).DevicesScreen,
    })),
  },
  {
    id: 'activity',
    path: '/activity',
    icon: Activity,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/activity/ActivityScreen.tsx')).ActivityScreen,
    })),
  },
  {
    id: 'keys',
    path: '/keys',
    icon: KeyRound,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/keys/KeysScreen.tsx')).KeysScreen,
    })),
  },
  {
    id: 'connect',
    path: '/connect',
    icon: Waypoints,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/connect/ConnectScreen.tsx')).ConnectScreen,
    })),
  },
  {
    id: 'settings',
    path: '/settings',
    icon: Settings,
    Component: lazy(async () => ({
      default: (await import('#renderer/features/settings/SettingsScreen.tsx')).SettingsScreen,
    })),
  },
];

/** The screen of an address; the first one for any other. */
export function screenOf(location: string): Screen {
  const found = screens.find(({ path }) => location === path || location.startsWith(`${path}/`)) ?? screens[0];
  if (found === undefined) throw new Error('there are no screens');
  return found;
}
