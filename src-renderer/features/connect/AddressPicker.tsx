import { Radio } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { CopyText } from '#renderer/components/CopyText.tsx';

import { hasAddressForPhones, type AddressChoice } from './address-choices.ts';
import { chooseAddress } from './connect-store.ts';

import styles from './AddressPicker.module.css';

type Props = {
  readonly choices: readonly AddressChoice[];
  readonly chosenId: string;
  readonly port: number;
};

/** Which of this machine's addresses QR code and config are for. */
export function AddressPicker({ choices, chosenId, port }: Props) {
  const { t } = useTranslation('connect');
  const chosen = choices.find(({ id }) => id === chosenId);
  const network = choices.filter(({ way }) => way === 'network');
  const local = choices.filter(({ way }) => way !== 'network');
  return (
    <div className={styles.picker}>
      {!hasAddressForPhones(choices) && (
        <p className={styles.warning}>
          <TriangleAlert size={15} aria-hidden="true" />
          {t('address.noLan')}
        </p>
      )}
      <Radio.Group value={chosenId} onChange={chooseAddress} aria-label={t('address.label')}>
        <div className={styles.list}>
          {network.map((choice) => (
            <ChoiceRow key={choice.id} choice={choice} />
          ))}
          <p className={styles.group}>{t('address.onThisMachine')}</p>
          {local.map((choice) => (
            <ChoiceRow key={choice.id} choice={choice} />
          ))}
        </div>
      </Radio.Group>
      {chosen !== undefined && chosen.way !== 'network' && (
        <div className={styles.hint}>
          <p>{t(`address.${chosen.way}Hint`)}</p>
          {chosen.way === 'usb' && (
            <CopyText value={`adb reverse tcp:${port} tcp:${port}`} label={t('address.adbCommand')} />
          )}
        </div>
      )}
    </div>
  );
}

function ChoiceRow({ choice }: { readonly choice: AddressChoice }) {
  const { t } = useTranslation('connect');
  const { host } = new URL(choice.origin);
  return (
    <Radio
      value={choice.id}
      size="xs"
      classNames={{ root: styles.row, body: styles.body, labelWrapper: styles.labelWrapper, label: styles.label }}
      label={
        choice.way === 'network' ? (
          <>
            <code className={styles.host}>{host}</code>
            <span className={styles.name}>{choice.interface}</span>
            <span className={styles.kind}>
              {t(`address.kind.${choice.kind}`)}
              {choice.isBest && <span className={styles.best}>{t('address.best')}</span>}
            </span>
          </>
        ) : (
          <>
            <code className={styles.host}>{host}</code>
            <span className={styles.name}>{t(`address.${choice.way}`)}</span>
          </>
        )
      }
    />
  );
}
