import { CircleCheck, CircleX, LoaderCircle, RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Release } from '#contract/models/release.ts';

import { StateWord } from './StateWord.tsx';

import styles from './Health.module.css';

/** Devices by what happened with a release on them; what counts none is not named. */
export function Health({ health }: { readonly health: Release['health'] }) {
  const { t } = useTranslation('release');
  const { updated, failed, rolledBack, inProgress } = health;
  if (updated + failed + rolledBack + inProgress === 0) return <span className={styles.none}>{t('health.none')}</span>;
  return (
    <span className={styles.health}>
      {updated > 0 && (
        <StateWord tone="success" icon={CircleCheck}>
          {t('health.updatedCount', { count: updated })}
        </StateWord>
      )}
      {inProgress > 0 && (
        <StateWord tone="info" icon={LoaderCircle}>
          {t('health.inProgressCount', { count: inProgress })}
        </StateWord>
      )}
      {failed > 0 && (
        <StateWord tone="danger" icon={CircleX}>
          {t('health.failedCount', { count: failed })}
        </StateWord>
      )}
      {rolledBack > 0 && (
        <StateWord tone="danger" icon={RotateCcw}>
          {t('health.rolledBackCount', { count: rolledBack })}
        </StateWord>
      )}
    </span>
  );
}
