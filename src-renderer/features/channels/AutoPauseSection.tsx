import { Button, Checkbox, NumberInput, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { autoPauseSchema, type AutoPause, type Channel } from '#contract/models/channel.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { useChannelSync } from '#renderer/api/use-channel-sync.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyValue } from '#renderer/components/KeyValue.tsx';
import { Section } from '#renderer/components/Page.tsx';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { useUndoable } from '#renderer/components/use-undoable.tsx';

import { firstPolicy } from './auto-pause.ts';
import { AutoPauseSentence } from './AutoPauseSentence.tsx';

import styles from './AutoPauseSection.module.css';

/** When a rollout that fails is stopped: the numbers, and what they mean. */
export function AutoPauseSection({ channel }: { readonly channel: Channel }) {
  const { t } = useTranslation('channels');
  const [entered, setEntered] = useState<Partial<AutoPause>>({});
  const policy: AutoPause = { ...channel.autoPause, ...entered };
  const isDirty = JSON.stringify(policy) !== JSON.stringify(channel.autoPause);
  const save = useSave(channel, policy, () => setEntered({}));
  const set = (change: Partial<AutoPause>) => setEntered({ ...entered, ...change });
  const { autoPauseLastTriggeredAt, autoPauseLastCheckedAt } = channel;
  return (
    <Section title={t('auto.title')}>
      <div className={styles.auto}>
        <p className={styles.muted}>{t('auto.intro')}</p>
        <Checkbox
          label={t('auto.enabled')}
          checked={policy.enabled}
          onChange={(event) => {
            const enabled = event.currentTarget.checked;
            // Switched on for the first time, it has to have numbers: without a share it would watch and do nothing.
            set({ enabled, ...(enabled && policy.failureRateBps === null ? firstPolicy : {}) });
          }}
        />
        {policy.enabled && <PolicyFields policy={policy} onChange={set} />}
        <AutoPauseSentence policy={policy} />
        {policy.enabled && (autoPauseLastCheckedAt !== null || autoPauseLastTriggeredAt !== null) && (
          <KeyValue
            rows={[
              ...(autoPauseLastTriggeredAt === null
                ? []
                : [{ label: t('auto.lastTriggered'), value: <RelativeTime at={autoPauseLastTriggeredAt} /> }]),
              ...(autoPauseLastCheckedAt === null
                ? []
                : [{ label: t('auto.lastChecked'), value: <RelativeTime at={autoPauseLastCheckedAt} /> }]),
            ]}
          />
        )}
        {save.error !== null && <ErrorPanel error={save.error} />}
        {isDirty && (
          <div className={styles.actions}>
            <Button
              onClick={() => {
                setEntered({});
                save.reset();
              }}
            >
              {t('rules.revert')}
            </Button>
            <Button variant="filled" loading={save.isPending} onClick={() => save.mutate()}>
              {t('auto.save')}
            </Button>
          </div>
        )}
      </div>
    </Section>
  );
}

function useSave(channel: Channel, policy: AutoPause, onSaved: () => void) {
  const { t } = useTranslation('channels');
  const api = useApi();
  const sync = useChannelSync(channel.appId);
  const tellUndoable = useUndoable();
  const ref = { appId: channel.appId, channel: channel.id };
  const before = channel.autoPause;
  return useMutation({
    mutationFn: () => api.channels.update({ ...ref, change: { autoPause: policy } }),
    async onSuccess() {
      await sync();
      onSaved();
      tellUndoable({
        message: t('auto.saved', { name: channel.name }),
        undo: async () => {
          await api.channels.update({ ...ref, change: { autoPause: before } });
          await sync();
        },
      });
    },
  });
}

type FieldsProps = { readonly policy: AutoPause; readonly onChange: (change: Partial<AutoPause>) => void };

function PolicyFields({ policy, onChange }: FieldsProps) {
  const { t } = useTranslation('channels');
  const actionId = useId();
  return (
    <div className={styles.fields}>
      <Field
        label={t('auto.failureRate')}
        hint={t('auto.failureRateHint')}
        value={policy.failureRateBps === null ? null : policy.failureRateBps / 100}
        max={100}
        digits={2}
        suffix=" %"
        onChange={(percent) => onChange({ failureRateBps: percent === null ? null : Math.round(percent * 100) })}
      />
      <Field
        label={t('auto.confidence')}
        hint={t('auto.confidenceHint')}
        value={Math.round(policy.confidence * 10_000) / 100}
        min={0.01}
        max={99.99}
        digits={2}
        suffix=" %"
        onChange={(percent) => percent !== null && onChange({ confidence: percent / 100 })}
      />
      <Field
        label={t('auto.minAttempts')}
        value={policy.minAttempts}
        max={1_000_000}
        onChange={(minAttempts) => onChange({ minAttempts })}
      />
      <Field
        label={t('auto.minFailures')}
        value={policy.minFailures}
        max={1_000_000}
        onChange={(minFailures) => onChange({ minFailures })}
      />
      <Field
        label={t('auto.window')}
        value={policy.windowMinutes}
        min={1}
        max={10_080}
        suffix={t('auto.minutesSuffix')}
        onChange={(windowMinutes) => windowMinutes !== null && onChange({ windowMinutes })}
      />
      <Field
        label={t('auto.cooldown')}
        value={policy.cooldownMinutes}
        max={10_080}
        suffix={t('auto.minutesSuffix')}
        onChange={(cooldownMinutes) => cooldownMinutes !== null && onChange({ cooldownMinutes })}
      />
      <div className={styles.action}>
        <span id={actionId} className={styles.label}>
          {t('auto.action')}
        </span>
        <SegmentedControl
          aria-labelledby={actionId}
          value={policy.action}
          data={autoPauseSchema.shape.action.options.map((value) => ({ value, label: t(`auto.actions.${value}`) }))}
          onChange={(action) => onChange({ action })}
        />
      </div>
    </div>
  );
}

function Field(props: {
  readonly label: ReactNode;
  readonly hint?: string;
  readonly value: number | null;
  readonly min?: number;
  readonly max: number;
  readonly digits?: number;
  readonly suffix?: string;
  readonly onChange: (value: number | null) => void;
}) {
  const { label, hint, value, min = 0, max, digits = 0, suffix, onChange } = props;
  return (
    <NumberInput
      label={label}
      description={hint}
      value={value ?? ''}
      min={min}
      max={max}
      decimalScale={digits}
      {...(suffix === undefined ? {} : { suffix })}
      clampBehavior="blur"
      allowNegative={false}
      hideControls
      onChange={(entered) => onChange(typeof entered === 'number' ? Math.min(max, Math.max(min, entered)) : null)}
    />
  );
}
