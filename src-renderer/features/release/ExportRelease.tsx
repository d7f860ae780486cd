import { Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { App } from '#contract/models/app.ts';
import type { Release } from '#contract/models/release.ts';
import { exportResultSchema, type ExportResult } from '#contract/models/storage.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { FormDialog } from '#renderer/components/FormDialog.tsx';
import { JobForm } from '#renderer/components/job-form/JobForm.tsx';
import { useJobRun } from '#renderer/components/job-form/use-job-run.ts';
import { pastedPath } from '#renderer/components/local-path.ts';
import { StateWord } from '#renderer/components/StateWord.tsx';
import { formatBytes } from '#renderer/i18n/format.ts';

type Props = {
  readonly app: App;
  readonly release: Release;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

export function ExportRelease({ isOpen, ...rest }: Props) {
  const { t } = useTranslation('release');
  return (
    <FormDialog
      isOpen={isOpen}
      onClose={rest.onClose}
      title={t('page.exportTitle', { version: rest.release.version })}
      size="36rem"
    >
      <ExportForm {...rest} />
    </FormDialog>
  );
}

function ExportForm({ app, release, onClose }: Omit<Props, 'isOpen'>) {
  const { t, i18n } = useTranslation('release');
  const api = useApi();
  const [format, setFormat] = useState<ExportResult['format']>('zip');
  const [out, setOut] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const isStatic = format === 'static';
  const run = useJobRun(
    () =>
      api.releases.export({
        appId: app.appId,
        release: release.releaseId,
        out: pastedPath(out),
        format,
        ...(isStatic ? { baseUrl: baseUrl.trim() } : {}),
      }),
    exportResultSchema,
  );
  const { result } = run;
  return (
    <JobForm
      run={run}
      label={t('page.exporting', { version: release.version })}
      action={t('page.exportAction', { version: release.version })}
      isReady={pastedPath(out) !== '' && (!isStatic || baseUrl.trim() !== '')}
      onClose={onClose}
      done={
        result !== null && (
          <StateWord isSentence tone="success">
            {t('page.exported', {
              count: result.files,
              size: formatBytes(result.bytes, i18n.language),
              path: result.path,
            })}
          </StateWord>
        )
      }
    >
      <Radio.Group
        label={t('page.exportFormat')}
        value={format}
        onChange={(value) => setFormat(value === 'static' ? 'static' : 'zip')}
      >
        <Radio mt="xs" value="zip" label={t('page.exportZip')} description={t('page.exportZipHint')} />
        <Radio mt="xs" value="static" label={t('page.exportStatic')} description={t('page.exportStaticHint')} />
      </Radio.Group>
      <TextInput
        label={t(isStatic ? 'page.exportFolder' : 'page.exportOut')}
        description={t('page.exportOutHint')}
        value={out}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setOut(event.currentTarget.value)}
      />
      {isStatic && (
        <TextInput
          label={t('page.exportBaseUrl')}
          description={t('page.exportBaseUrlHint')}
          placeholder="https://cdn.example.com/app"
          type="url"
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.currentTarget.value)}
        />
      )}
    </JobForm>
  );
}
