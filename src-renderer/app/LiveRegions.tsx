import { VisuallyHidden } from '@mantine/core';

import { useAnnouncerStore } from '#renderer/stores/announcer-store.ts';

/** Where `announce()` is heard. A repeated text is spoken again because its element is new. */
export function LiveRegions() {
  const { polite, assertive } = useAnnouncerStore();
  return (
    <>
      <VisuallyHidden role="status" aria-live="polite">
        <span key={polite.count}>{polite.text}</span>
      </VisuallyHidden>
      <VisuallyHidden role="alert" aria-live="assertive">
        <span key={assertive.count}>{assertive.text}</span>
      </VisuallyHidden>
    </>
  );
}
