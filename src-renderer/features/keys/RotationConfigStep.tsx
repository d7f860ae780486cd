import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Rotation } from '#contract/models/rotation.ts';
import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { DiffView } from '#renderer/components/DiffView.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { pastedPath } from '#renderer/components/local-path.ts';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';
import { fileNameOf } from '#renderer/stores/key-intake-store.ts';

import { TellButton } from './TellButton.tsx';

import styles from './RotationPage.module.css';

/** The new public key into the project's config: shows the change, then writes exactly that one. */
export function RotationConfigStep({ rotation }: { readonly rotation: Rotation }) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const { pickFolder } = useTransport();
  const { appId, project, done } = rotation;
  const [typed, setTyped] = useState<string | null>(null);
  const dir = typed ?? project?.dir ?? '';

  const preview = useMutation({
    async mutationFn(path: string) {
      await api.rotations.setProject({ appId, dir: path });
      return api.rotations.previewConfig({ appId });
    },
    onMutate: () => write.reset(),
  });
  const write = useMutation({
    // The hash holds the write to the change that was shown: a file that was edited meanwhile is left alone.
    mutationFn: (hash: string) => api.rotations.applyConfig({ appId, hash }),
    onSuccess: ({ path }) => {
      preview.reset();
      announce(t('config.inPlace', { file: fileNameOf(path) }));
    },
  });
  const pick = () => {
    pickFolder?.().then(
      (path) => {
        if (path === null) return;
        setTyped(path);
        preview.mutate(path);
      },
      (error: unknown) => announce(String(error), 'assertive'),
    );
  };
  const change = preview.data;
  return (
    <>
      <p>{t('config.body')}</p>
      {project !== null && <ProjectState rotation={rotation} project={project} />}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (pastedPath(dir) !== '') preview.mutate(pastedPath(dir));
        }}
      >
        <TextInput
          className={styles.dir ?? ''}
          label={t('config.dir')}
          placeholder={t('config.dirExample')}
          value={dir}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            preview.reset();
            setTyped(event.currentTarget.value);
          }}
        />
        {pickFolder !== null && <Button onClick={pick}>{t('config.pick')}</Button>}
        <Button type="submit" disabled={pastedPath(dir) === ''} loading={preview.isPending}>
          {t('config.show')}
        </Button>
      </form>
      {preview.error !== null && <KeyErrorPanel error={preview.error} />}
      {write.error !== null && <KeyErrorPanel error={write.error} />}
      {change?.isChanged === true && (
        <div className={styles.diff}>
          <DiffView diff={change.diff} label={fileNameOf(change.path)} />
          <Button variant="filled" loading={write.isPending} onClick={() => write.mutate(change.hash)}>
            {t('config.write', { file: fileNameOf(change.path) })}
          </Button>
        </div>
      )}
      {done.config !== 'seen' && <TellButton rotation={rotation} step="config" />}
    </>
  );
}

function ProjectState({
  rotation,
  project,
}: {
  readonly rotation: Rotation;
  readonly project: NonNullable<Rotation['project']>;
}) {
  const { t } = useTranslation('rotation');
  const { configPath, keyId, dir } = project;
  if (configPath === null) {
    return (
      <StateWord isSentence tone="warning">
        {t('config.unreadable', { dir })}
      </StateWord>
    );
  }
  const file = fileNameOf(configPath);
  if (keyId === rotation.newKey.keyId) {
    return (
      <StateWord isSentence tone="success">
        {t('config.inPlace', { file })}
      </StateWord>
    );
  }
  return (
    <StateWord isSentence tone={rotation.done.config === null ? 'neutral' : 'warning'}>
      {keyId === null ? t('config.noKey', { file }) : t('config.otherKey', { file, keyId })}
    </StateWord>
  );
}
