import { Drawer } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';

import { publishResultSchema, type PublishResult } from '#contract/models/release.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { queryKeys } from '#renderer/api/queries.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';
import { announce } from '#renderer/stores/announcer-store.ts';
import { removeFromIntake, type IntakeItem } from '#renderer/stores/intake-store.ts';
import { isEnded, useJob, watchJob } from '#renderer/stores/jobs-store.ts';
import { chooseApp } from '#renderer/stores/ui-store.ts';

import type { Publishing, WatchWish } from './publishing.ts';
import { PublishProgress } from './PublishProgress.tsx';
import { createReviewSession } from './review-session.ts';
import { emptyDraft, ReviewForm } from './ReviewForm.tsx';

import styles from './ReviewSheet.module.css';

type Props = {
  readonly item: IntakeItem;
  /** Builds that follow this one. */
  readonly waiting: number;
};

/** One build between the drop and the release: what is in it, what is wrong with it, where it goes. */
export function ReviewSheet({ item, waiting }: Props) {
  const { t, i18n } = useTranslation(['release', 'common']);
  const api = useApi();
  const transport = useTransport();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [session] = useState(() => createReviewSession({ api, transport, item }));
  const state = useStore(session.store);
  const [draft, setDraft] = useState(emptyDraft);
  const [publishing, setPublishing] = useState<Publishing | null>(null);
  const job = useJob(publishing?.jobId ?? null);
  const result = publishedResult(job?.result, job?.state);

  const isUnderWay = publishing !== null && (job === undefined || !isEnded(job) || result !== null);

  useEffect(() => {
    void session.check();
  }, [session]);

  // What had the focus is gone when the form turns into its progress or back: the title says what is there now.
  const title = useRef<HTMLHeadingElement>(null);
  const wasUnderWay = useRef(false);
  useEffect(() => {
    if (wasUnderWay.current !== isUnderWay) title.current?.focus();
    wasUnderWay.current = isUnderWay;
  }, [isUnderWay]);

  const watch = publishing?.watch ?? null;
  // Outlives this sheet, which closes with the release; a refusal is then said where a person looks.
  const { mutate: keepPublishing } = useMutation({
    mutationFn: (wish: WatchWish) => api.watches.add(wish),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.watches }),
    onError: (error) => announce(errorSentences(toWireError(error), i18n.language).message, 'assertive'),
  });

  const jobId = publishing?.jobId ?? null;
  useEffect(() => (jobId === null ? undefined : watchJob(jobId)), [jobId]);

  useEffect(() => {
    if (result === null) return;
    void queryClient.invalidateQueries({ queryKey: queryKeys.apps });
    void queryClient.invalidateQueries({ queryKey: queryKeys.recentBuilds });
    announce(t('review.announcePublished', { version: result.version, channel: result.channel }));
    chooseApp(result.appId);
    navigate(`/release/${result.releaseId}`);
    session.close({ keepsUpload: true });
    removeFromIntake(item.id);
    if (watch !== null) keepPublishing(watch);
  }, [result, watch, item.id, session, queryClient, navigate, keepPublishing, t]);

  const close = () => {
    session.close({ keepsUpload: job !== undefined && !isEnded(job) });
    removeFromIntake(item.id);
  };

  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size="46rem"
      lockScroll={false}
      classNames={{
        overlay: styles.overlay ?? '',
        content: styles.content ?? '',
        header: styles.header ?? '',
        title: styles.title ?? '',
      }}
    >
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title ref={title} tabIndex={-1} data-autofocus>
            {t('review.title')}
            {waiting > 0 && <span className={styles.of}>{t('review.of', { index: 1, total: waiting + 1 })}</span>}
          </Drawer.Title>
          <span className={styles.name} title={item.origin.kind === 'path' ? item.origin.path : item.name}>
            {item.origin.kind === 'path' ? item.origin.path : item.name}
          </span>
          <Drawer.CloseButton aria-label={t('common:close')} />
        </Drawer.Header>
        {publishing !== null && isUnderWay ? (
          <PublishProgress publishing={publishing} />
        ) : (
          <ReviewForm
            state={state}
            draft={draft}
            onDraft={(change) => setDraft((before) => ({ ...before, ...change }))}
            failure={job?.error ?? null}
            onCheckAgain={() => {
              setPublishing(null);
              void session.check();
            }}
            onDiscard={close}
            onPublishing={setPublishing}
          />
        )}
      </Drawer.Content>
    </Drawer.Root>
  );
}

function publishedResult(result: unknown, state: string | undefined): PublishResult | null {
  if (state !== 'succeeded') return null;
  const parsed = publishResultSchema.safeParse(result);
  return parsed.success ? parsed.data : null;
}
