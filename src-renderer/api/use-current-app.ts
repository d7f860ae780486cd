import { useQuery } from '@tanstack/react-query';

import type { App } from '#contract/models/app.ts';
import { useUiStore } from '#renderer/stores/ui-store.ts';

import { useApi } from './api-context.tsx';
import { appListQuery } from './queries.ts';

export type CurrentApp = {
  /** The app that the screens show: the chosen one, else the first; null while there is none. */
  readonly app: App | null;
  readonly apps: readonly App[];
  /** Before the first answer. */
  readonly isLoading: boolean;
  readonly error: Error | null;
};

export function useCurrentApp(): CurrentApp {
  const api = useApi();
  const { data, isLoading, error } = useQuery(appListQuery(api));
  const appId = useUiStore((state) => state.appId);
  const apps = data ?? [];
  return { app: apps.find((app) => app.appId === appId) ?? apps[0] ?? null, apps, isLoading, error };
}
