import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { CopyText } from '#renderer/components/CopyText.tsx';
import { DiffView } from '#renderer/components/DiffView.tsx';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import type { AddressChoice } from './address-choices.ts';
import { setProjectDir, useConnectStore } from './connect-store.ts';

import styles from './sections.module.css';

type Wanted = { readonly dir: string; readonly address: string };

/** Puts the URLs into a project's own config: shows the change, then writes exactly that one. */
export function ApplySection({ app, choice }: { readonly app: App; readonly choice: AddressChoice }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const { pickFolder } = useTransport();
  const dir = useConnectStore((state) => state.projectDirs[app.appId]) ?? '';
  const { appId } = app;
  const { address } = choice;

  const preview = useMutation({
    mutationFn: (wanted: Wanted) => api.projects.preview({ appId, ...wanted }),
    onMutate: () => write.reset(),
  });
  const write = useMutation({
    // The hash holds the write to the change that was shown: a file that was edited meanwhile is left alone.
    mutationFn: (wanted: Wanted & { readonly hash: string }) => api.projects.apply({ appId, ...wanted }),
    onSuccess: ({ path }) => {
      preview.reset();
      announce(t('apply.written', { path }));
    },
  });
  const forget = () => {
    preview.reset();
    write.reset();
  };
  const change = (next: string) => {
    forget();
    setProjectDir(appId, next);
  };
  const pick = () => {
    pickFolder?.().then(
      (path) => {
        if (path === null) return;
        change(path);
        preview.mutate({ dir: path, address });
      },
      () => announce(t('apply.pickFailed'), 'assertive'),
    );
  };
  // A preview for another address would write other URLs than the ones on screen.
  const shown = preview.variables?.address === address ? preview.data : undefined;
  return (
    <Section title={t('apply.title')}>
      <p className={styles.intro}>{t('apply.intro')}</p>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (dir.trim() !== '') preview.mutate({ dir: dir.trim(), address });
        }}
      >
        <TextInput
          className={styles.dir}
          label={t('apply.dir')}
          placeholder={t('apply.dirExample')}
          value={dir}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change(event.currentTarget.value)}
        />
        {pickFolder !== null && <Button onClick={pick}>{t('apply.pick')}</Button>}
        <Button type="submit" disabled={dir.trim() === ''} loading={preview.isPending}>
          {t('apply.preview')}
        </Button>
      </form>
      {preview.error !== null && <ErrorPanel error={preview.error} />}
      {shown !== undefined && !shown.isChanged && (
        <StateWord isSentence tone="success">
          {t('apply.unchanged', { path: shown.path })}
        </StateWord>
      )}
      {shown?.isChanged === true && preview.variables !== undefined && (
        <div className={styles.block}>
          <div className={styles.blockHead}>
            <span>{t('apply.diffOf', { path: shown.path })}</span>
          </div>
          <DiffView diff={shown.diff} label={t('apply.diffOf', { path: shown.path })} />
          {write.error !== null && (
            <ErrorPanel error={write.error} onRetry={() => preview.mutate({ dir: dir.trim(), address })} />
          )}
          <div className={styles.row}>
            <Button
              variant="filled"
              loading={write.isPending}
              onClick={() => write.mutate({ ...preview.variables, hash: shown.hash })}
            >
              {t('apply.write', { file: fileName(shown.path) })}
            </Button>
            <Button onClick={forget}>{t('apply.cancel')}</Button>
          </div>
        </div>
      )}
      {write.data !== undefined && (
        <div className={styles.done} role="status">
          <StateWord isSentence tone="success">
            {t('apply.written', { path: write.data.path })}
          </StateWord>
          <span>{t('apply.next')}</span>
          <CopyText value="npx cap sync" label={t('doctor.command')} />
        </div>
      )}
    </Section>
  );
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
