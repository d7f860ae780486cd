import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useApi, useTransport } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { announce } from '#renderer/stores/announcer-store.ts';

import { NO_BUILTIN, PATH_BUILTIN, type ProfileDraft } from './profile-draft.ts';

import styles from './virtual.module.css';

type Props = {
  readonly appId: string;
  readonly draft: ProfileDraft;
  readonly onChange: (part: Partial<ProfileDraft>) => void;
};

/** The web build that came with the app: a delta update takes from it what is the same. */
export function BuiltinFields({ appId, draft: { builtin, builtinPath }, onChange }: Props) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const { pickFolder } = useTransport();
  const { data: releases = [] } = useQuery(releaseListQuery(api, appId));
  const pick = () => {
    pickFolder?.().then(
      (path) => {
        if (path !== null) onChange({ builtinPath: path });
      },
      () => announce(t('builtin.pickFailed'), 'assertive'),
    );
  };
  return (
    <>
      <Select
        label={t('builtin.label')}
        description={t('builtin.hint')}
        value={builtin}
        data={[
          { value: NO_BUILTIN, label: t('builtin.none') },
          { value: PATH_BUILTIN, label: t('builtin.path') },
          ...releases.map(({ version }) => ({ value: version, label: t('builtin.release', { version }) })),
        ]}
        allowDeselect={false}
        checkIconPosition="right"
        maxDropdownHeight={240}
        onChange={(value) => onChange({ builtin: value ?? NO_BUILTIN })}
      />
      {builtin === PATH_BUILTIN && (
        <div className={styles.path}>
          <TextInput
            label={t('builtin.where')}
            placeholder={t('builtin.example')}
            value={builtinPath}
            maxLength={4096}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ builtinPath: event.currentTarget.value })}
          />
          {pickFolder !== null && <Button onClick={pick}>{t('builtin.pick')}</Button>}
        </div>
      )}
    </>
  );
}
