import type { Device } from '#contract/models/device.ts';

export type CheckCommand = { readonly kind: 'adb' | 'simctl' | 'devicectl'; readonly text: string };

/**
 * What starts the app anew, which makes it ask: a cold start is a move to the foreground (protocol/clients.md §9.2).
 * The id of the native app is the app id unless it was built with another one.
 */
export function checkCommands({
  platform,
  isEmulator,
  appId,
}: Pick<Device, 'platform' | 'isEmulator' | 'appId'>): readonly CheckCommand[] {
  switch (platform) {
    case 'android':
      return [
        {
          kind: 'adb',
          text: `adb shell am force-stop ${appId}\nadb shell monkey -p ${appId} -c android.intent.category.LAUNCHER 1`,
        },
      ];
    case 'ios':
      return isEmulator
        ? [
            {
              kind: 'simctl',
              text: `xcrun simctl terminate booted ${appId}\nxcrun simctl launch booted ${appId}`,
            },
          ]
        : [
            {
              kind: 'devicectl',
              text: `xcrun devicectl device process launch --terminate-existing --device DEVICE ${appId}`,
            },
          ];
    case 'electron':
    case 'unknown':
      return [];
  }
}

/** In the console of the app's own web view; asks and downloads nothing (protocol/clients.md §9.2). */
export const latestSnippet = `const { CapacitorUpdater } = Capacitor.Plugins;
console.log(await CapacitorUpdater.getLatest());`;
