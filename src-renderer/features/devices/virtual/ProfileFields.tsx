import { Autocomplete, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { virtualFrameworkSchema, virtualPlatformSchema } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, keyListQuery } from '#renderer/api/queries.ts';

import { BuiltinFields } from './BuiltinFields.tsx';
import { hasFrameworks, NO_KEY, PASTED_KEY, type ProfileDraft } from './profile-draft.ts';

import styles from './virtual.module.css';

type Props = {
  readonly appId: string;
  readonly draft: ProfileDraft;
  readonly onChange: (draft: ProfileDraft) => void;
};

/** What a virtual device is: its client, its versions, its channel and its key. */
export function ProfileFields({ appId, draft, onChange }: Props) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const { data: keys = [] } = useQuery(keyListQuery(api));
  const { data: channels = [] } = useQuery(channelListQuery(api, appId));
  const change = (part: Partial<ProfileDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <div>
        <span className={styles.label} id="virtual-platform">
          {t('platform')}
        </span>
        <SegmentedControl
          aria-labelledby="virtual-platform"
          fullWidth
          value={draft.platform}
          data={virtualPlatformSchema.options.map((platform) => ({
            value: platform,
            label: t(`platforms.${platform}`),
          }))}
          onChange={(value) => change({ platform: virtualPlatformSchema.parse(value) })}
        />
      </div>
      {hasFrameworks(draft) && (
        <Select
          label={t('framework')}
          description={t(`frameworkHint.${draft.framework}`)}
          value={draft.framework}
          data={virtualFrameworkSchema.options.map((framework) => ({
            value: framework,
            label: t(`frameworks.${framework}`),
          }))}
          allowDeselect={false}
          checkIconPosition="right"
          onChange={(value) => change({ framework: virtualFrameworkSchema.parse(value) })}
        />
      )}
      <div className={styles.pair}>
        <TextInput
          label={t('nativeVersion')}
          description={t('nativeHint')}
          value={draft.nativeVersion}
          maxLength={100}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change({ nativeVersion: event.currentTarget.value })}
        />
        <TextInput
          label={t('plugin')}
          description={t('pluginHint')}
          placeholder={newestPlugin(draft)}
          value={draft.pluginVersion}
          maxLength={50}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => change({ pluginVersion: event.currentTarget.value })}
        />
      </div>
      <Autocomplete
        label={t('channel')}
        description={t('channelHint')}
        value={draft.channel}
        data={channels.map(({ name }) => name)}
        maxLength={100}
        spellCheck={false}
        onChange={(channel) => change({ channel })}
      />
      <Select
        label={t('key')}
        value={draft.key}
        data={[
          { value: NO_KEY, label: t('keyNone') },
          ...keys.map(({ name, keyId }) => ({ value: name, label: `${name} · ${keyId.slice(12)}` })),
          { value: PASTED_KEY, label: t('keyPaste') },
        ]}
        allowDeselect={false}
        checkIconPosition="right"
        onChange={(key) => change({ key: key ?? NO_KEY })}
      />
      {draft.key === PASTED_KEY && (
        <Textarea
          label={t('keyText')}
          placeholder="-----BEGIN RSA PUBLIC KEY-----"
          value={draft.pem}
          rows={5}
          maxLength={65_536}
          spellCheck={false}
          className={styles.pem ?? ''}
          onChange={(event) => change({ pem: event.currentTarget.value })}
        />
      )}
      <BuiltinFields appId={appId} draft={draft} onChange={change} />
    </>
  );
}

/** What an empty field stands for. */
function newestPlugin({ platform, framework }: ProfileDraft): string {
  if (platform === 'electron') return '0.0.1';
  return framework === 'cordova' ? '8.2.5' : '8.51.23';
}
