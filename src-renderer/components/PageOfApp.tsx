import { Button } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';

import type { App } from '#contract/models/app.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { openLayer } from '#renderer/stores/ui-store.ts';

import { EmptyState } from './EmptyState.tsx';
import { ErrorPanel } from './ErrorPanel.tsx';
import { Page } from './Page.tsx';

type Props = {
  readonly title: string;
  /** What is said, and offered, as long as there is no app. */
  readonly none: { readonly title: string; readonly hint: string; readonly action: string };
  /** The page itself; it begins anew with another app. */
  readonly children: (app: App) => ReactNode;
};

/** A screen that is about one app: the one that is chosen, or the way to the first. */
export function PageOfApp({ title, none, children }: Props) {
  const { app, isLoading, error } = useCurrentApp();
  if (app !== null) return <Fragment key={app.appId}>{children(app)}</Fragment>;
  return (
    <Page title={title}>
      {error !== null && <ErrorPanel error={error} />}
      {error === null && !isLoading && (
        <EmptyState
          title={none.title}
          hint={none.hint}
          actions={
            <Button variant="filled" onClick={() => openLayer('add-app')}>
              {none.action}
            </Button>
          }
        />
      )}
    </Page>
  );
}
