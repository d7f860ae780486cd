import type { IntakeItem } from '#renderer/stores/intake-store.ts';
export function ReviewSheet(_: { readonly item: IntakeItem; readonly waiting: number }) {
  return null;
}
