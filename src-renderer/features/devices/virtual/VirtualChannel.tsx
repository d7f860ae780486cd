import { Autocomplete, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiClient } from '#contract/api.ts';
import type { VirtualDevice } from '#contract/models/virtual-device.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { channelListQuery, queryKeys } from '#renderer/api/queries.ts';
import { ErrorPanel } from '#renderer/components/ErrorPanel.tsx';
import { StateWord } from '#renderer/components/StateWord.tsx';

import { SimulationText } from './SimulationText.tsx';

import styles from './virtual.module.css';

type Call = Parameters<ApiClient['simulator']['channel']>[0]['call'];

/** What its app would do with the channel calls of the plugin. */
export function VirtualChannel({ device }: { readonly device: VirtualDevice }) {
  const { t } = useTranslation('virtual');
  const api = useApi();
  const queryClient = useQueryClient();
  const { appId, deviceId, chosenChannel, channel } = device;
  const { data: channels = [] } = useQuery(channelListQuery(api, appId));
  const [name, setName] = useState('');
  const ask = useMutation({
    mutationFn: (call: Call) => api.simulator.channel({ appId, deviceId, call }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) }),
  });
  const now =
    chosenChannel !== null
      ? t('choose.own', { channel: chosenChannel })
      : channel !== null
        ? t('choose.config', { channel })
        : t('choose.server');
  return (
    <div className={styles.choice}>
      <div className={styles.run}>
        <Autocomplete
          label={t('choose.label')}
          value={name}
          data={channels.map((each) => each.name)}
          maxLength={100}
          spellCheck={false}
          onChange={setName}
        />
        <Button
          disabled={name.trim() === ''}
          loading={ask.isPending}
          onClick={() => ask.mutate({ call: 'set', channel: name.trim() })}
        >
          {t('choose.set')}
        </Button>
        <Button disabled={chosenChannel === null} onClick={() => ask.mutate({ call: 'unset' })}>
          {t('choose.unset')}
        </Button>
        <Button onClick={() => ask.mutate({ call: 'list' })}>{t('choose.list')}</Button>
      </div>
      <p className={styles.hint}>{now}</p>
      <div role="status">
        {ask.data !== undefined && (
          <StateWord isSentence tone={ask.data.isDone ? 'success' : 'warning'}>
            <SimulationText {...ask.data} />
          </StateWord>
        )}
      </div>
      {ask.error !== null && <ErrorPanel error={ask.error} />}
    </div>
  );
}
