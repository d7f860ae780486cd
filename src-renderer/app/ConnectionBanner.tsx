import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { CodeText } from '#renderer/components/CodeText.tsx';
import { useUiStore } from '#renderer/stores/ui-store.ts';

import styles from './ConnectionBanner.module.css';

/** Says that the screens may be old. Lies over the content, so that nothing moves when it comes and goes. */
export function ConnectionBanner() {
  const { t } = useTranslation('frame');
  const connection = useUiStore((state) => state.connection);
  return (
    <div className={styles.place} role="alert">
      {connection === 'lost' && (
        <p className={styles.banner}>
          <TriangleAlert size={15} aria-hidden="true" />
          <span>{t('connection.lost')}</span>
          <span className={styles.hint}>{t('connection.retrying')}</span>
        </p>
      )}
      {connection === 'signed-out' && (
        <p className={styles.banner}>
          <TriangleAlert size={15} aria-hidden="true" />
          <span>{t('connection.signedOut')}</span>
          <span className={styles.hint}>
            <CodeText>{t('connection.signedOutHint')}</CodeText>
          </span>
        </p>
      )}
    </div>
  );
}
