import { Button } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { CopyButton } from '#renderer/components/CopyButton.tsx';
import { EmptyState } from '#renderer/components/EmptyState.tsx';

type State = { readonly failure: { readonly error: unknown; readonly stack: string } | null };

/** Keeps a broken screen from taking the window with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failure: null };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: { error, stack: '' } };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    this.setState({ failure: { error, stack: info.componentStack ?? '' } });
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return <Crash {...failure} onAgain={() => this.setState({ failure: null })} />;
  }
}

type CrashProps = { readonly error: unknown; readonly stack: string; readonly onAgain: () => void };

function Crash({ error, stack, onAgain }: CrashProps) {
  const { t } = useTranslation();
  const details = `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${stack}`;
  return (
    <div role="alert">
      <EmptyState
        title={t('crash.title')}
        hint={t('crash.hint')}
        actions={
          <>
            <Button variant="filled" onClick={onAgain}>
              {t('crash.again')}
            </Button>
            <CopyButton value={details}>{t('copyDetails')}</CopyButton>
          </>
        }
      />
    </div>
  );
}
