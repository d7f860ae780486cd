import { useTranslation } from 'react-i18next';

import type { Cost } from '#contract/models/delta.ts';
import { Bytes } from '#renderer/components/Bytes.tsx';
import { CostHintList } from '#renderer/components/FindingList.tsx';
import { formatNumber } from '#renderer/i18n/format.ts';

import table from '#renderer/components/table.module.css';
import styles from './CostView.module.css';

/** What a device fetches, by what it runs now, and what could be made lighter. */
export function CostView({ cost }: { readonly cost: Cost }) {
  const { t } = useTranslation('delta');
  return (
    <div className={styles.cost}>
      <CostTable cost={cost} />
      {!cost.isExact && <p className={styles.muted}>{t('estimated')}</p>}
      {cost.hints.length > 0 && <CostHintList hints={cost.hints} />}
      {cost.heaviest.length > 0 && (
        <details className={styles.disclosure}>
          <summary>{t('heaviest')}</summary>
          <dl className={styles.heaviest}>
            {cost.heaviest.map(({ path, sizeBytes, bytes }) => (
              <div key={path} className={styles.heavy}>
                <dt>
                  <code title={path}>{path}</code>
                </dt>
                <dd>
                  <Bytes value={bytes} />
                  {bytes < sizeBytes && (
                    <span className={styles.muted}>
                      {' / '}
                      <Bytes value={sizeBytes} />
                    </span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

function CostTable({ cost: { from, delta, zipBytes } }: { readonly cost: Cost }) {
  const { t, i18n } = useTranslation('delta');
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-label={t('label')}>
        <thead>
          <tr>
            <th scope="col" className={table.grow}>
              {t('runs')}
            </th>
            <th scope="col" className={table.number}>
              {t('devices')}
            </th>
            <th scope="col" className={table.number}>
              {t('changed')}
            </th>
            <th scope="col" className={table.number}>
              {t('whole')}
            </th>
          </tr>
        </thead>
        <tbody>
          {from.map((row) => (
            <tr key={row.version ?? ''}>
              <td className={table.grow}>{row.version ?? t('builtin')}</td>
              <td className={table.number}>
                {formatNumber(row.devices, i18n.language)}
                {row.deltaDevices < row.devices && row.delta !== null && (
                  <span className={table.muted}> {t('partly', { count: row.deltaDevices })}</span>
                )}
              </td>
              <Fetched fetched={row.delta} />
              <td className={table.number}>
                <Bytes value={zipBytes} />
              </td>
            </tr>
          ))}
          <tr>
            <td className={`${table.grow} ${table.muted}`}>{t('none')}</td>
            <td className={table.number}>–</td>
            <Fetched fetched={delta} />
            <td className={table.number}>
              <Bytes value={zipBytes} />
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Fetched({ fetched }: { readonly fetched: Cost['delta'] }) {
  const { t } = useTranslation('common');
  if (fetched === null) return <td className={table.number}>–</td>;
  return (
    <td className={table.number}>
      <Bytes value={fetched.bytes} /> <span className={table.muted}>{t('files', { count: fetched.files })}</span>
    </td>
  );
}
