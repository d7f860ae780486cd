import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Rotation } from '#contract/models/rotation.ts';
import { useApi } from '#renderer/api/api-context.tsx';
import { KeyErrorPanel } from '#renderer/components/KeyErrorPanel.tsx';

/** Says that a step is done where Slipway cannot see it, or takes that back. */
export function TellButton({ rotation, step }: { readonly rotation: Rotation; readonly step: 'config' | 'native' }) {
  const { t } = useTranslation('rotation');
  const api = useApi();
  const isTold = rotation.done[step] === 'told';
  const tell = useMutation({
    mutationFn: () => api.rotations.tell({ appId: rotation.appId, step, isDone: !isTold }),
  });
  return (
    <>
      {tell.error !== null && <KeyErrorPanel error={tell.error} />}
      <div>
        <Button size="xs" loading={tell.isPending} onClick={() => tell.mutate()}>
          {t(`${step}.${isTold ? 'untell' : 'tell'}`)}
        </Button>
      </div>
    </>
  );
}
