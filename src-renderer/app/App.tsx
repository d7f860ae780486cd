import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, useQuery, type QueryClient } from '@tanstack/react-query';
import type { i18n as I18n } from 'i18next';
import { useEffect, type ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';

import { ApiProvider, useApi, type ApiAccess } from '#renderer/api/api-context.tsx';
import { settingsQuery } from '#renderer/api/queries.ts';
import { changeLanguage, languageOf } from '#renderer/i18n/i18n.ts';
import { theme } from '#renderer/theme.ts';

import { applyScheme, useScheme } from './color-scheme.ts';
import { Frame } from './Frame.tsx';
import { LiveRegions } from './LiveRegions.tsx';
import { useEventSync } from './use-event-sync.ts';

type Props = { readonly access: ApiAccess; readonly queryClient: QueryClient; readonly i18n: I18n };

/** Everything around the screens that has no look of its own. */
export function App({ access, queryClient, i18n }: Props) {
  return (
    <ApiProvider access={access}>
      <QueryClientProvider client={queryClient}>
        <I18nextProvider i18n={i18n}>
          <Look i18n={i18n}>
            {/* The router calls it as a hook on every render. */}
            {/* oxlint-disable-next-line react/hooks */}
            <Router hook={useHashLocation}>
              <Live />
              <Frame />
              <LiveRegions />
            </Router>
          </Look>
        </I18nextProvider>
      </QueryClientProvider>
    </ApiProvider>
  );
}

/** Colours and language as the settings say. */
function Look({ i18n, children }: { readonly i18n: I18n; readonly children: ReactNode }) {
  const api = useApi();
  const { data: settings } = useQuery(settingsQuery(api));
  const scheme = useScheme(settings?.appearance);
  useEffect(() => applyScheme(scheme), [scheme]);
  useEffect(() => {
    if (settings !== undefined) void changeLanguage(i18n, languageOf(settings.language, navigator.languages));
  }, [i18n, settings]);
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={scheme}
      // Both would write style elements, which the page's policy forbids; styles/tokens.css has the variables.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {/* Sheets and dialogs have their buttons at the lower right: a note never lies over them. */}
      <Notifications position="bottom-left" autoClose={8000} limit={5} containerWidth="22rem" />
      {children}
    </MantineProvider>
  );
}

/** Subscribed once, for as long as the window is there. */
function Live() {
  useEventSync();
  return null;
}
