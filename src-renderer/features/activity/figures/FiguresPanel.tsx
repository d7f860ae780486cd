import { Checkbox, SegmentedControl, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import { figureRangeSchema } from '#contract/models/figures.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, updateFiguresQuery } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';

import { AdoptionFigure } from './AdoptionFigure.tsx';
import { FailureFigure } from './FailureFigure.tsx';
import { chooseFigures, useFiguresChoice } from './figures-choice.ts';
import { FunnelFigure } from './FunnelFigure.tsx';

import styles from './FiguresPanel.module.css';

type Props = {
  readonly app: App;
  /** Shows the rows of a cause of failure. */
  readonly onCause: (cause: string) => void;
};

/** Figures above the log. Closed, it is one line of them; what draws curves is fetched when it is opened. */
export function FiguresPanel({ app, onCause }: Props) {
  const { t, i18n } = useTranslation('figures');
  const api = useApi();
  const { isOpen, range, isRealOnly } = useFiguresChoice();
  const [channel, setChannel] = useState<string | null>(null);
  const panelId = useId();
  const rangeWords = t(`rangeLong.${range}`);
  const { data: channels } = useQuery({ ...channelListQuery(api, app.appId), enabled: isOpen });
  const filter = { appId: app.appId, range, isRealOnly, ...(channel === null ? {} : { channel }) };
  const { data, error, refetch } = useQuery(updateFiguresQuery(api, filter));
  const number = (value: number) => value.toLocaleString(i18n.language);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className={styles.panel} aria-label={t('title')} data-open={isOpen || undefined}>
      <div className={styles.head}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={panelId}
          title={t(isOpen ? 'hide' : 'show')}
          onClick={() => chooseFigures({ isOpen: !isOpen })}
        >
          <Chevron size={14} aria-hidden="true" />
          {t('title')}
        </button>
        {data !== undefined && (
          <p className={styles.summary}>
            {data.total.offered === 0
              ? t('summaryNone', { range: rangeWords })
              : t('summary', {
                  range: rangeWords,
                  offered: number(data.total.offered),
                  ready: number(data.total.ready),
                  failed: number(data.total.failed),
                  rolledBack: number(data.total.rolledBack),
                })}
          </p>
        )}
        {isOpen && (
          <div className={styles.controls}>
            <Checkbox
              size="xs"
              label={t('realOnly')}
              checked={isRealOnly}
              onChange={(event) => chooseFigures({ isRealOnly: event.currentTarget.checked })}
            />
            {(channels?.length ?? 0) > 1 && (
              <Select
                size="xs"
                className={styles.channel}
                aria-label={t('channel')}
                placeholder={t('anyChannel')}
                data={channels?.map(({ name }) => name) ?? []}
                value={channel}
                clearable
                onChange={setChannel}
              />
            )}
            <SegmentedControl
              aria-label={t('range.label')}
              value={range}
              data={figureRangeSchema.options.map((value) => ({ value, label: t(`range.${value}`) }))}
              onChange={(value) => chooseFigures({ range: value })}
            />
          </div>
        )}
      </div>
      <div id={panelId} hidden={!isOpen}>
        {isOpen && error !== null && <ErrorPanel error={error} onRetry={() => void refetch()} />}
        {isOpen && data !== undefined && (
          <div className={styles.figures}>
            <FunnelFigure figures={data} rangeWords={rangeWords} />
            <AdoptionFigure appId={app.appId} range={range} channel={channel} isRealOnly={isRealOnly} />
            <FailureFigure figures={data} rangeWords={rangeWords} onCause={onCause} />
          </div>
        )}
      </div>
    </section>
  );
}
