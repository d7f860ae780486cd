import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { releaseListQuery } from '#renderer/api/queries.ts';
import { useCurrentApp } from '#renderer/api/use-current-app.ts';
import { StateWord, type Tone } from '#renderer/components/StateWord.tsx';

import { keyFit, releaseFor, type KeyFit } from './device-key.ts';

const tones: Readonly<Record<KeyFit, Tone>> = {
  match: 'success',
  other: 'danger',
  missing: 'danger',
  unexpected: 'warning',
  none: 'neutral',
  untold: 'warning',
  idle: 'neutral',
};

/** Whether a device can open what its channel offers; the reason on hover, or beside it. */
export function KeyFitWord({
  device,
  isExplained = false,
}: {
  readonly device: Device;
  readonly isExplained?: boolean;
}) {
  const { t } = useTranslation('keys');
  const api = useApi();
  const { app } = useCurrentApp();
  const { data: releases } = useQuery({ ...releaseListQuery(api, device.appId), enabled: app !== null });
  if (app === null || releases === undefined) return null;
  const release = releaseFor(device, releases, app.defaultChannel);
  const fit = keyFit(device, release);
  const reason = t(`device.${fit}Hint`, {
    version: release?.version ?? '',
    keyId: device.keyId ?? '',
    releaseKeyId: release?.keyId ?? '',
  });
  return (
    <>
      <span title={reason}>
        <StateWord tone={tones[fit]} {...(fit === 'match' || fit === 'idle' ? { icon: KeyRound } : {})}>
          {t(`device.${fit}`)}
        </StateWord>
      </span>
      {isExplained && fit !== 'none' && <div>{reason}</div>}
    </>
  );
}
