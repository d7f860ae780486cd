import { useTranslation } from 'react-i18next';

import type { VersionWarning } from '#contract/models/release.ts';
import { errorSentences, toWireError } from '#renderer/i18n/failure-text.ts';

import type { VersionFacts } from './use-version.ts';

import styles from './ReviewSheet.module.css';

const warningKeys = {
  BELOW_NATIVE: 'belowNative',
  PRERELEASE_BELOW_NATIVE: 'prereleaseBelowNative',
  BELOW_LATEST: 'belowLatest',
  SAME_AS_NATIVE: 'sameAsNative',
} as const satisfies Record<VersionWarning['code'], string>;

/** What to know about the version in the field; why it must be a new one, when it is not. */
export function VersionHint({ facts }: { readonly facts: VersionFacts }) {
  const { t, i18n } = useTranslation('release');
  const { version, verdict, latest, error } = facts;
  if (error !== null) return <Line tone="danger">{errorSentences(toWireError(error), i18n.language).message}</Line>;
  if (verdict === null) return <Line />;
  if (!verdict.isValid) return <Line tone="danger">{t('review.versionInvalid')}</Line>;
  if (!verdict.isFree) return <Line tone="danger">{t('review.versionTaken', { version })}</Line>;
  const [warning] = verdict.warnings;
  if (warning !== undefined) {
    const { nativeVersion = '', latest: last = '' } = warning.params;
    return (
      <Line tone="warning">
        {t(`review.versionWarning.${warningKeys[warning.code]}`, { nativeVersion, latest: last })}
      </Line>
    );
  }
  return <Line>{latest === null ? t('review.versionFirst') : t('review.versionAfter', { version: latest })}</Line>;
}

function Line({ tone, children }: { readonly tone?: 'danger' | 'warning'; readonly children?: string }) {
  return (
    <p className={styles.hint} data-tone={tone} aria-live="polite">
      {children}
    </p>
  );
}
