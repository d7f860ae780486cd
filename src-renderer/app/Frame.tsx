import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';

import { ReviewHost } from '#renderer/features/release/review/ReviewHost.tsx';

import { AddAppDialog } from './AddAppDialog.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { DropTarget } from './DropTarget.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { JobAnnouncer } from './JobAnnouncer.tsx';
import { PathDialog } from './PathDialog.tsx';
import { Rail } from './Rail.tsx';
import { screenOf } from './screens.ts';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { TopBar } from './TopBar.tsx';
import { useFocusReturn } from './use-focus-return.ts';
import { useShortcuts } from './use-shortcuts.ts';

import styles from './Frame.module.css';

/** Rail, bar, screen, and the layers that any screen can call up. */
export function Frame() {
  const { t } = useTranslation('frame');
  const [location] = useLocation();
  const screen = screenOf(location);
  const main = useRef<HTMLElement>(null);
  useShortcuts();
  useFocusReturn(main);
  useEffect(() => {
    document.title = `${t(`screen.${screen.id}`)} · Slipway`;
    main.current?.scrollTo({ top: 0 });
  }, [screen.id, t]);
  const { Component } = screen;
  return (
    <DropTarget>
      <div className={styles.frame}>
        <a className={styles.skip} href="#content" onClick={(event) => skipTo(event, main.current)}>
          {t('skip')}
        </a>
        <Rail current={screen.id} />
        <TopBar />
        <main ref={main} id="content" className={styles.main} tabIndex={-1}>
          <ErrorBoundary key={screen.id}>
            <Suspense fallback={null}>
              <Component />
            </Suspense>
          </ErrorBoundary>
        </main>
        <ConnectionBanner />
      </div>
      <ErrorBoundary>
        <ReviewHost />
      </ErrorBoundary>
      <CommandPalette />
      <ShortcutsDialog />
      <AddAppDialog />
      <PathDialog />
      <JobAnnouncer />
    </DropTarget>
  );
}

/** The address after # is the route, so a plain fragment link would leave the screen. */
function skipTo(event: { preventDefault(): void }, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}
