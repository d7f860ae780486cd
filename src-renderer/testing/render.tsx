import { MantineProvider } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, render, type RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { afterEach, vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';

import { createApiClient } from '#contract/client.ts';
import { ApiProvider } from '#renderer/api/api-context.tsx';
import { App } from '#renderer/app/App.tsx';
import { createI18n } from '#renderer/i18n/i18n.ts';
import { useIntakeStore } from '#renderer/stores/intake-store.ts';
import { useJobsStore } from '#renderer/stores/jobs-store.ts';
import { useKeyIntakeStore } from '#renderer/stores/key-intake-store.ts';
import { useUiStore } from '#renderer/stores/ui-store.ts';

import type { FakeTransport } from './fake-transport.ts';

// Screens are fetched when they are opened, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 25_000 });

// jsdom has no layout: what asks for it gets the answer of a light window without motion.
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: query.includes('prefers-reduced-motion'),
  media: query,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
}));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;

afterEach(() => {
  cleanup();
  notifications.clean();
  localStorage.clear();
  window.location.hash = '';
  useUiStore.setState(useUiStore.getInitialState(), true);
  useJobsStore.setState(useJobsStore.getInitialState(), true);
  useIntakeStore.setState(useIntakeStore.getInitialState(), true);
  useKeyIntakeStore.setState(useKeyIntakeStore.getInitialState(), true);
});

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } },
  });
}

/** Renders the whole window on a fake core. */
export function renderApp(transport: FakeTransport, path = '/release'): RenderResult {
  window.location.hash = path;
  const access = { api: createApiClient(transport.call), transport };
  return render(<App access={access} queryClient={newQueryClient()} i18n={createI18n()} />);
}

/** Renders one component on a fake core; `path` is where its routes stand. */
export function renderPart(part: ReactNode, transport: FakeTransport, path = '/'): RenderResult {
  const { hook } = memoryLocation({ path });
  return render(
    <ApiProvider access={{ api: createApiClient(transport.call), transport }}>
      <QueryClientProvider client={newQueryClient()}>
        <I18nextProvider i18n={createI18n()}>
          <MantineProvider env="test">
            <Router hook={hook}>{part}</Router>
          </MantineProvider>
        </I18nextProvider>
      </QueryClientProvider>
    </ApiProvider>,
  );
}
