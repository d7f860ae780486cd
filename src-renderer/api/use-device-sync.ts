import { useQueryClient } from '@tanstack/react-query';

import { queryKeys } from './queries.ts';
import { useChannelSync } from './use-channel-sync.ts';

/** Asks again for what a decision about a device makes doubtful, without waiting for its event. */
export function useDeviceSync(appId: string): () => Promise<unknown> {
  const queryClient = useQueryClient();
  const syncChannels = useChannelSync(appId);
  return () => Promise.all([queryClient.invalidateQueries({ queryKey: queryKeys.devices(appId) }), syncChannels()]);
}
