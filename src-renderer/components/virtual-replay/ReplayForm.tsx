import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useApi } from '#renderer/api/api-context.tsx';
import { keyListQuery, releaseListQuery } from '#renderer/api/queries.ts';

import { ErrorPanel } from '../ErrorPanel.tsx';
import { DialogForm } from '../FormDialog.tsx';
import { KeyValue } from '../KeyValue.tsx';
import { type CapturedFacts, planReplay, type ReplayPlan } from './captured-facts.ts';

import styles from './VirtualReplay.module.css';

type Props = {
  readonly appId: string;
  readonly rowId: number;
  readonly facts: CapturedFacts;
  readonly onPlay: (plan: ReplayPlan) => Promise<void>;
  readonly onClose: () => void;
};

/** Says what the virtual device is made of, and what of the request it cannot be, before it is made. */
export function ReplayForm({ appId, rowId, facts, onPlay, onClose }: Props) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const releases = useQuery(releaseListQuery(api, appId));
  const keys = useQuery(keyListQuery(api));
  const plan =
    releases.data === undefined || keys.data === undefined
      ? null
      : planReplay(facts, { releases: releases.data, keys: keys.data });
  const error = releases.error ?? keys.error;
  return (
    <DialogForm
      action={t('replay.confirm')}
      isReady={plan !== null}
      onSubmit={async () => {
        if (plan !== null) await onPlay(plan);
      }}
      onClose={onClose}
    >
      <p className={styles.intro}>{t('replay.intro', { id: rowId })}</p>
      {error !== null && <ErrorPanel error={error} />}
      {plan !== null && (
        <>
          <TakenFacts plan={plan} />
          {plan.leftOut.length > 0 && (
            <section>
              <h3 className={styles.title}>{t('replay.leftOut')}</h3>
              <ul className={styles.leftOut} aria-label={t('replay.leftOut')}>
                {plan.leftOut.map(({ what, value }) => (
                  <li key={what}>{t(`replay.not.${what}`, { value })}</li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </DialogForm>
  );
}

function TakenFacts({ plan }: { readonly plan: ReplayPlan }) {
  const { t } = useTranslation('virtual');
  const { profile, current, keyName } = plan;
  const { platform = 'android', nativeVersion, pluginVersion, channel, build } = profile;
  const code = build?.nativeCode;
  const said = (value: boolean | undefined, yes: string, no: string) =>
    value === undefined ? t('replay.untold') : value ? yes : no;
  return (
    <section>
      <h3 className={styles.title}>{t('replay.facts')}</h3>
      <KeyValue
        rows={[
          { label: t('platform'), value: t(`platforms.${platform}`) },
          {
            label: t('nativeVersion'),
            value: code === undefined ? nativeVersion : t('replay.native', { version: nativeVersion, code }),
          },
          { label: t('replay.runs'), value: current ?? t('replay.store', { version: nativeVersion }) },
          { label: t('plugin'), value: pluginVersion ?? t('replay.untold') },
          { label: t('channel'), value: channel ?? t('replay.serverChoice') },
          { label: t('key'), value: keyName ?? t('keyNone') },
          {
            label: t('replay.where'),
            value: said(build?.isEmulator, t('replay.emulator'), t('replay.real')),
          },
          {
            label: t('replay.build'),
            value: said(build?.isProd, t('replay.production'), t('replay.development')),
          },
        ]}
      />
    </section>
  );
}
