import { SegmentedControl, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

import type { Inspection } from '#contract/models/finding.ts';
import type { Rotation } from '#contract/models/rotation.ts';
import { fileNameOf, openKeyImport, type KeyOrigin } from '#renderer/stores/key-intake-store.ts';

import { NO_KEY, type Encryption, type EncryptionNote } from './encryption.ts';

import styles from './ReviewSheet.module.css';

export type EnvelopeFormat = 'v3' | 'v2';

type Props = {
  readonly encryption: Encryption;
  readonly project: Inspection['project'];
  readonly format: EnvelopeFormat;
  /** Devices that read form v2 only. */
  readonly v2Devices: number;
  /** While the app changes its key: its phones, and those with the new one. */
  readonly rotation: Rotation['devices'] | undefined;
  readonly onKey: (name: string) => void;
  readonly onFormat: (format: EnvelopeFormat) => void;
};

const warnings: ReadonlySet<EncryptionNote['kind']> = new Set([
  'projectKeyElsewhere',
  'projectExpects',
  'projectDiffers',
]);

/** Whether the release is encrypted and with which key, and what follows for the phones. */
export function EncryptionChoice({ encryption, project, format, v2Devices, rotation, onKey, onFormat }: Props) {
  const { t } = useTranslation(['keys', 'common', 'rotation']);
  const { usable, key, note } = encryption;
  const file = project?.configPath.split(/[\\/]/).at(-1) ?? '';
  const formatNote = t(format === 'v3' ? 'review.formatV3' : 'review.formatV2');
  const isRisky = v2Devices > 0 && format === 'v3';
  return (
    <div className={styles.fields}>
      <div>
        <Select
          label={t('review.encryption')}
          value={key?.name ?? NO_KEY}
          data={[
            { value: NO_KEY, label: t('common:none') },
            ...usable.map(({ name, keyId }) => ({ value: name, label: `${name} · ${keyId.slice(12)}` })),
          ]}
          allowDeselect={false}
          checkIconPosition="right"
          onChange={(name) => onKey(name ?? NO_KEY)}
        />
        <p className={styles.hint} data-tone={warnings.has(note.kind) ? 'warning' : undefined} aria-live="polite">
          {t(`review.note.${note.kind}`, { file, keyId: 'keyId' in note ? note.keyId : '' })}{' '}
          {note.kind === 'projectKeyElsewhere' && project !== null && (
            <Link href="/keys" onClick={() => openKeyImport([projectOrigin(project.configPath)])}>
              {t('review.importFromProject')}
            </Link>
          )}{' '}
          {(note.kind === 'projectKeyElsewhere' || note.kind === 'noKeys') && (
            <Link href="/keys">{t('review.openKeys')}</Link>
          )}
        </p>
        {rotation !== undefined && (
          <p className={styles.hint}>
            {t('rotation:review', {
              count: rotation.withNew + rotation.withOld + rotation.others,
              withNew: rotation.withNew,
            })}
          </p>
        )}
      </div>
      {key !== null && (
        <div>
          <span className={styles.label} id="envelope-format">
            {t('review.format')}
          </span>
          <SegmentedControl
            aria-labelledby="envelope-format"
            value={format}
            data={[
              { value: 'v3', label: t('review.formatNew') },
              { value: 'v2', label: t('review.formatOld') },
            ]}
            onChange={(value) => onFormat(value === 'v2' ? 'v2' : 'v3')}
          />
          <p className={styles.hint} data-tone={isRisky ? 'warning' : undefined}>
            {formatNote} {v2Devices > 0 && t('review.formatOldDevices', { count: v2Devices })}
          </p>
        </div>
      )}
    </div>
  );
}

/** The folder of a project, where the official command line keeps its key. */
function projectOrigin(configPath: string): KeyOrigin {
  const path = configPath.slice(0, -fileNameOf(configPath).length - 1);
  return { kind: 'path', name: path, path };
}
