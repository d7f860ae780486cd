import { Checkbox, Radio, TextInput } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Channel } from '#contract/models/channel.ts';
import { updatePolicySchema } from '#contract/models/channel.ts';
import { Section } from '#renderer/components/Page.tsx';

import { platforms } from './platforms.ts';
import { PublicConsequence } from './PublicConsequence.tsx';
import type { RuleName, Rules } from './rules.ts';
import { RulesBar } from './RulesBar.tsx';
import type { RulesDraft } from './use-rules.ts';

import styles from './RulesSection.module.css';

type Props = { readonly channel: Channel; readonly channels: readonly Channel[]; readonly draft: RulesDraft };

/** Names of the rules that are on or off. */
type Flag = { [Name in RuleName]: Rules[Name] extends boolean ? Name : never }[RuleName];

/** Every rule with a sentence on what it does. Saved together: what it changes for whom is said before. */
export function RulesSection({ channel, channels, draft }: Props) {
  const { t } = useTranslation(['channels', 'devices']);
  const { rules, set } = draft;
  const flag = (name: Flag, label: string) => (
    <Checkbox
      key={name}
      label={label}
      checked={rules[name]}
      onChange={(event) => set(name, event.currentTarget.checked)}
    />
  );
  return (
    <Section title={t('rules.title')}>
      <div className={styles.rules}>
        <Rule title={t('rules.public')} hint={t('rules.publicHint')}>
          {flag('public', t('rules.publicLabel'))}
          <PublicConsequence channel={channel} channels={channels} rules={rules} />
        </Rule>
        <Rule title={t('rules.platforms')} hint={t('rules.platformsHint')}>
          <div className={styles.flags}>
            {platforms.map((platform) => flag(platform, t(`devices:platform.${platform}`)))}
          </div>
        </Rule>
        <Rule title={t('rules.devices')} hint={t('rules.devicesHint')}>
          <div className={styles.flags}>
            {flag('allowDevice', t('rules.allowDevice'))}
            {flag('allowEmulator', t('rules.allowEmulator'))}
          </div>
        </Rule>
        <Rule title={t('rules.builds')} hint={t('rules.buildsHint')}>
          <div className={styles.flags}>
            {flag('allowProd', t('rules.allowProd'))}
            {flag('allowDev', t('rules.allowDev'))}
          </div>
        </Rule>
        <Rule title={t('rules.choice')} hint={t('rules.allowDeviceSelfSetHint')}>
          {flag('allowDeviceSelfSet', t('rules.allowDeviceSelfSet'))}
        </Rule>
        <PolicyRule draft={draft} />
        <Rule title={t('rules.underNative')} hint={t('rules.underNativeHint')}>
          {flag('disableAutoUpdateUnderNative', t('rules.disableAutoUpdateUnderNative'))}
        </Rule>
      </div>
      <RulesBar channel={channel} draft={draft} />
    </Section>
  );
}

function PolicyRule({ draft: { rules, set } }: Pick<Props, 'draft'>) {
  const { t } = useTranslation('channels');
  const titleId = useId();
  const isByNative = rules.disableAutoUpdate === 'version_number';
  return (
    <div className={styles.rule}>
      <h3 id={titleId} className={styles.title}>
        {t('rules.policy')}
      </h3>
      <div className={styles.content}>
        <Radio.Group
          aria-labelledby={titleId}
          value={rules.disableAutoUpdate}
          onChange={(policy) => set('disableAutoUpdate', updatePolicySchema.parse(policy))}
        >
          <div className={styles.policies}>
            {updatePolicySchema.options.map((policy) => (
              <Radio
                key={policy}
                value={policy}
                label={t(`rules.policies.${policy}.label`)}
                description={t(`rules.policies.${policy}.hint`)}
              />
            ))}
          </div>
        </Radio.Group>
        {isByNative && (
          <TextInput
            className={styles.native}
            label={t('rules.minUpdateVersion')}
            description={t('rules.minUpdateVersionHint')}
            error={rules.minUpdateVersion === null && t('rules.minUpdateVersionMissing')}
            value={rules.minUpdateVersion ?? ''}
            maxLength={256}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              const version = event.currentTarget.value.trim();
              set('minUpdateVersion', version === '' ? null : version);
            }}
          />
        )}
      </div>
    </div>
  );
}

function Rule(props: { readonly title: string; readonly hint: string; readonly children: ReactNode }) {
  const titleId = useId();
  return (
    <div className={styles.rule} role="group" aria-labelledby={titleId}>
      <h3 id={titleId} className={styles.title}>
        {props.title}
      </h3>
      <div className={styles.content}>
        {props.children}
        <p className={styles.hint}>{props.hint}</p>
      </div>
    </div>
  );
}
