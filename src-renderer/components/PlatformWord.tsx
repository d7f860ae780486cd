import { AppWindow, CircleHelp, Smartphone, TabletSmartphone, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Platform } from '#contract/models/common.ts';

import { Tag } from './Tag.tsx';

import styles from './PlatformWord.module.css';

const glyphs: Readonly<Record<Platform, LucideIcon>> = {
  android: Smartphone,
  ios: TabletSmartphone,
  electron: AppWindow,
  unknown: CircleHelp,
};

export function PlatformWord({ platform }: { readonly platform: Platform }) {
  const { t } = useTranslation('devices');
  const Glyph = glyphs[platform];
  return (
    <span className={styles.platform}>
      <Glyph size={14} aria-hidden="true" className={styles.glyph} />
      {t(`platform.${platform}`)}
    </span>
  );
}

type Marked = { readonly isVirtual: boolean; readonly isEmulator: boolean };

/** Tells what is no phone on a desk; a real device needs no mark. */
export function RealityMark({ isVirtual, isEmulator }: Marked) {
  const { t } = useTranslation('devices');
  if (!isVirtual && !isEmulator) return null;
  return <Tag>{t(isVirtual ? 'mark.virtual' : 'mark.emulator')}</Tag>;
}
