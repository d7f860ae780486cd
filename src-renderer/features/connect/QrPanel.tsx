import { QRCodeSVG } from 'qrcode.react';
import { useTranslation } from 'react-i18next';

import { CopyText } from '#renderer/components/CopyText.tsx';

import type { AddressChoice } from './address-choices.ts';

import styles from './QrPanel.module.css';

const SIZE = 176;
/** Quiet zone in modules: readers need four. */
const MARGIN = 4;

/** The page for phones as a QR code, dark on white in both themes: many cameras do not read the reverse. */
export function QrPanel({ choice }: { readonly choice: AddressChoice }) {
  const { t } = useTranslation('connect');
  const url = `${choice.origin}/`;
  if (choice.way !== 'network') {
    return (
      <div className={styles.panel}>
        <p className={styles.hint}>{t('qr.local', { name: t(`address.${choice.way}`) })}</p>
      </div>
    );
  }
  return (
    <div className={styles.panel}>
      <div className={styles.code}>
        <QRCodeSVG
          value={url}
          size={SIZE}
          marginSize={MARGIN}
          level="M"
          bgColor="#ffffff"
          fgColor="#0b1520"
          role="img"
          aria-label={t('qr.label', { url })}
        />
      </div>
      <CopyText value={url} label={t('qr.url')} />
      <p className={styles.hint}>{t('qr.hint')}</p>
    </div>
  );
}
