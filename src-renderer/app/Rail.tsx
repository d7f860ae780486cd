import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import { Mark } from '#renderer/components/Mark.tsx';

import { modifierName } from './platform.ts';
import { screens, type ScreenId } from './screens.ts';

import styles from './Rail.module.css';

/** The screens, top to bottom. Narrow windows keep the icons and their names as tooltips. */
export function Rail({ current }: { readonly current: ScreenId }) {
  const { t } = useTranslation('frame');
  return (
    <nav className={styles.rail} aria-label={t('screens')}>
      <div className={styles.brand}>
        <Mark size={20} />
        <span className={styles.name}>Slipway</span>
      </div>
      <ul className={styles.list}>
        {screens.map(({ id, path, icon: Icon }, index) => (
          <li key={id}>
            <Link
              href={path}
              className={styles.link}
              aria-current={id === current ? 'page' : undefined}
              title={`${t(`screen.${id}`)} (${modifierName()}${index + 1})`}
            >
              <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
              <span className={styles.label}>{t(`screen.${id}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
