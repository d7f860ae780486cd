import { Tooltip, VisuallyHidden } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Device } from '#contract/models/device.ts';

import { pluginWarning } from './plugin-version.ts';

import styles from './PluginVersion.module.css';

/** The plugin's version, with a word and a reason when it should be another. */
export function PluginVersion({ device }: { readonly device: Device }) {
  const { t } = useTranslation(['devices', 'common']);
  const warning = pluginWarning(device);
  if (device.pluginVersion === null) return <span className={styles.none}>{t('common:unknown')}</span>;
  if (warning === null) return <code>{device.pluginVersion}</code>;
  const reason = t(`plugin.${warning}`);
  return (
    <Tooltip label={reason} multiline w="20rem">
      <button type="button" className={styles.warned}>
        <TriangleAlert size={13} aria-hidden="true" />
        <code>{device.pluginVersion}</code> <span>{t(`plugin.${warning}Word`)}</span>
        <VisuallyHidden>: {reason}</VisuallyHidden>
      </button>
    </Tooltip>
  );
}
