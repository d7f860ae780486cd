import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  AppWindow,
  Bot,
  Eye,
  FileArchive,
  FolderOpen,
  Keyboard,
  KeyRound,
  MonitorCog,
  Moon,
  Package,
  Play,
  Plus,
  Route,
  RotateCw,
  Sparkles,
  Split,
  Sun,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import type { Settings } from '#contract/models/server.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, queryKeys, releaseListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { usePickBuild } from '#renderer/api/use-pick-build.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { openKeyImport } from '#renderer/stores/key-intake-store.ts';
import { chooseApp, openLayer } from '#renderer/stores/ui-store.ts';

import { screens } from './screens.ts';

export type Command = {
  readonly id: string;
  readonly title: string;
  /** What kind of command it is, shown at the end of the row. */
  readonly group: string;
  readonly icon: LucideIcon;
  /** More words that find it. */
  readonly keywords?: string;
  /** Only shown when searched for: there may be many of its kind. */
  readonly isQuiet?: boolean;
  readonly run: () => void;
};

/** Releases that the palette offers; the newest ones. */
const MAX_RELEASES = 50;

const appearances = [
  ['system', MonitorCog],
  ['light', Sun],
  ['dark', Moon],
] as const satisfies readonly (readonly [Settings['appearance'], LucideIcon])[];

export function useCommands(): readonly Command[] {
  const { t, i18n } = useTranslation(['frame', 'keys', 'watch', 'virtual']);
  const api = useApi();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const { app, apps } = useCurrentApp();
  const pick = usePickBuild();
  const { data: releases = [] } = useQuery({
    ...releaseListQuery(api, app?.appId ?? ''),
    enabled: app !== null,
  });
  const { data: channels = [] } = useQuery({
    ...channelListQuery(api, app?.appId ?? ''),
    enabled: app !== null,
  });
  const onError = (error: unknown) => announce(errorSentences(toWireError(error), i18n.language).message, 'assertive');
  const appearance = useMutation({
    mutationFn: (next: Settings['appearance']) => api.settings.update({ appearance: next }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.settings }),
    onError,
  });
  const restart = useMutation({
    mutationFn: () => api.server.restartDeviceListener({}),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.server }),
    onError,
  });
  const sample = useMutation({ mutationFn: () => api.sample.run({}), onError });

  return [
    ...screens.map(({ id, path, icon }) => ({
      id: `go-${id}`,
      title: t(`screen.${id}`),
      group: t('palette.group.go'),
      icon,
      run: () => navigate(path),
    })),
    { id: 'folder', title: t('pick.folder'), group: t('palette.group.run'), icon: FolderOpen, run: pick.folder },
    ...(pick.zip === null
      ? []
      : [{ id: 'zip', title: t('pick.zip'), group: t('palette.group.run'), icon: FileArchive, run: pick.zip }]),
    {
      id: 'path',
      title: t('pick.path'),
      group: t('palette.group.run'),
      icon: Route,
      run: () => openLayer('path'),
    },
    {
      id: 'watch',
      title: t('watch:action'),
      group: t('palette.group.run'),
      icon: Eye,
      keywords: 'publish auto build vite webpack angular',
      run: () => {
        navigate('/release');
        openLayer('watch');
      },
    },
    {
      id: 'sample',
      title: t('palette.sample'),
      group: t('palette.group.run'),
      icon: Sparkles,
      keywords: 'demo',
      run: () => {
        navigate('/release');
        sample.mutate();
      },
    },
    {
      id: 'import-key',
      title: t('keys:actions.import'),
      group: t('palette.group.run'),
      icon: KeyRound,
      keywords: 'pem private public encryption',
      run: () => {
        navigate('/keys');
        openKeyImport();
      },
    },
    ...(app === null
      ? []
      : (
          [
            ['virtual-add', 'addAction', Bot],
            ['virtual-run', 'runAction', Play],
          ] as const
        ).map(([layer, key, icon]) => ({
          id: layer,
          title: t(`virtual:${key}`),
          group: t('palette.group.run'),
          icon,
          keywords: 'simulate simulator test phone',
          run: () => {
            navigate('/devices');
            openLayer(layer);
          },
        }))),
    {
      id: 'restart',
      title: t('palette.restart'),
      group: t('palette.group.run'),
      icon: RotateCw,
      keywords: 'server port',
      run: () => restart.mutate(),
    },
    {
      id: 'add-app',
      title: t('app.add'),
      group: t('palette.group.app'),
      icon: Plus,
      run: () => openLayer('add-app'),
    },
    ...apps
      .filter(({ appId }) => appId !== app?.appId)
      .map(({ appId, name }) => ({
        id: `app-${appId}`,
        title: t('palette.switchTo', { name }),
        group: t('palette.group.app'),
        icon: AppWindow,
        keywords: appId,
        run: () => chooseApp(appId),
      })),
    ...appearances.map(([value, icon]) => ({
      id: `look-${value}`,
      title: t(`palette.appearance.${value}`),
      group: t('palette.group.look'),
      icon,
      keywords: 'theme',
      run: () => appearance.mutate(value),
    })),
    {
      id: 'shortcuts',
      title: t('palette.shortcuts'),
      group: t('palette.group.look'),
      icon: Keyboard,
      run: () => openLayer('shortcuts'),
    },
    ...channels.map(({ id, name }) => ({
      id: `channel-${id}`,
      title: t('palette.openChannel', { name }),
      group: t('palette.group.go'),
      icon: Split,
      isQuiet: true,
      run: () => navigate(`/channels/${id}`),
    })),
    ...releases.slice(0, MAX_RELEASES).map(({ releaseId, version }) => ({
      id: `release-${releaseId}`,
      title: t('palette.openRelease', { version }),
      group: t('palette.group.release'),
      icon: Package,
      isQuiet: true,
      run: () => navigate(`/release/${releaseId}`),
    })),
  ];
}
