import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './styles/tokens.css';
import './styles/global.css';
import { QueryClient } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { createApiClient } from '#contract/client.ts';

import { pickTransport } from './api/pick-transport.ts';
import { App } from './app/App.tsx';
import { applyScheme, rememberedScheme } from './app/color-scheme.ts';
import { createI18n } from './i18n/i18n.ts';

// Before the first paint, so that a dark window does not flash white.
applyScheme(rememberedScheme());

const transport = pickTransport();
const api = createApiClient(transport.call);
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Events tell what changed; asking again by the clock would only hide it when they do not.
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
    },
  },
});

const root = document.querySelector('#root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <App access={{ api, transport }} queryClient={queryClient} i18n={createI18n()} />
  </StrictMode>,
);
