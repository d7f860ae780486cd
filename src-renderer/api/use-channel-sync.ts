import { useQueryClient } from '@tanstack/react-query';

import { queryKeys } from './queries.ts';

/** Asks again for what a change of a channel makes doubtful, without waiting for its event. */
export function useChannelSync(appId: string): () => Promise<unknown> {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [queryKeys.channels(appId), queryKeys.releases(appId), queryKeys.answers(appId), queryKeys.apps].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}
