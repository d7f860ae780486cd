import { useQuery } from '@tanstack/react-query';
import { Unlink } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Activity } from '#contract/models/activity.ts';
import type { App } from '#contract/models/app.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { deviceListQuery } from '#renderer/api/queries.ts';
import { useActivityEvents } from '#renderer/api/use-activity-events.ts';
import { deviceName } from '#renderer/components/device-name.ts';
import { RelativeTime } from '#renderer/components/RelativeTime.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { announce } from '#renderer/stores/announcer-store.ts';

import styles from './PhoneState.module.css';

/** Whether a phone found the way here; turns green by itself. */
export function PhoneState({ app }: { readonly app: App }) {
  const { t } = useTranslation('connect');
  const api = useApi();
  const { data: devices } = useQuery(deviceListQuery(api, app.appId));
  const [unpaired, setUnpaired] = useState<Activity | null>(null);
  useActivityEvents({
    onRows: (rows) => setUnpaired((known) => rows.findLast(({ kind }) => kind === 'unpaired') ?? known),
  });

  const phones = devices?.filter(({ isVirtual }) => !isVirtual) ?? [];
  const last = phones.toSorted((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt))[0];
  const hasPhone = last !== undefined;
  const [wasWaiting, setWasWaiting] = useState(false);
  if (devices !== undefined && !hasPhone && !wasWaiting) setWasWaiting(true);
  const greet = useEffectEvent(() => {
    if (last !== undefined) announce(t('phone.arrived', { name: deviceName(last) }));
  });
  useEffect(() => {
    if (wasWaiting && hasPhone) greet();
  }, [wasWaiting, hasPhone]);

  if (devices === undefined) return null;
  return (
    <span className={styles.state}>
      {last === undefined ? (
        <>
          <StateWord tone="running">{t(devices.length > 0 ? 'phone.virtualOnly' : 'phone.waiting')}</StateWord>
          <span className={styles.hint}>{t('phone.waitingHint')}</span>
        </>
      ) : (
        <>
          <StateWord tone="success">
            <strong className={styles.seen}>{t('phone.seen', { count: phones.length })}</strong>
          </StateWord>
          <span>
            {t('phone.last', { name: deviceName(last) })}, <RelativeTime at={last.lastSeenAt} />
          </span>
          <Link href="/devices">{t('phone.showDevices')}</Link>
        </>
      )}
      {unpaired !== null && (
        <span className={styles.unpaired} role="status">
          <Unlink size={14} aria-hidden="true" />
          {t('phone.unpaired', { address: unpaired.remoteAddress ?? '?' })}
        </span>
      )}
    </span>
  );
}
