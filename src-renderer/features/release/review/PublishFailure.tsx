import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { WireError } from '#contract/errors.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';
import { UnlockVault } from '#renderer/components/UnlockVault.tsx';

import { NO_KEY, type Encryption } from './encryption.ts';

type Props = {
  readonly error: WireError;
  readonly encryption: Encryption;
  readonly onKey: (name: string) => void;
  readonly onPublishAnyway: () => void;
};

/** Why there is no release. A key that does not fit has its own ways out: the fitting one, or publishing all the same. */
export function PublishFailure({ error, encryption, onKey, onPublishAnyway }: Props) {
  const { t } = useTranslation(['release', 'keys']);
  const title = t('review.failedTitle');
  const wanted = wantedKeyId(error);
  if (error.code === 'VAULT_LOCKED') {
    return (
      <>
        <ErrorPanel error={error} title={title} />
        <UnlockVault />
      </>
    );
  }
  if (wanted === undefined) return <ErrorPanel error={error} title={title} />;
  // Another choice since then: what was refused is not what the button would do now.
  if ((encryption.key?.keyId ?? null) === wanted) return null;
  const fitting = wanted === null ? undefined : encryption.usable.find(({ keyId }) => keyId === wanted);
  return (
    <KeyErrorPanel
      error={error}
      title={title}
      actions={
        <>
          {wanted === null && (
            <Button size="xs" onClick={() => onKey(NO_KEY)}>
              {t('keys:review.useNoKey')}
            </Button>
          )}
          {fitting !== undefined && (
            <Button size="xs" onClick={() => onKey(fitting.name)}>
              {t('keys:review.useKey', { name: fitting.name })}
            </Button>
          )}
          <Button size="xs" onClick={onPublishAnyway}>
            {t('keys:review.publishAnyway')}
          </Button>
        </>
      }
    />
  );
}

/** Id of the key that the app has, null when it has none; undefined for failures of another kind. */
function wantedKeyId({ code, params }: WireError): string | null | undefined {
  if (code === 'KEY_MISMATCH') return String(params['otherKeyId']);
  if (code === 'KEY_REQUIRED') return String(params['keyId']);
  return code === 'KEY_NOT_EXPECTED' ? null : undefined;
}
