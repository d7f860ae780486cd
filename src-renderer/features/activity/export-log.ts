import type { ApiClient } from '#contract/api.ts';
import type { Activity, ActivityDetail } from '#contract/models/activity.ts';

const PAGE = 1_000;

type Request = {
  readonly api: Pick<ApiClient, 'activity'>;
  /** Newest row that is exported: what comes meanwhile is left for the next time. */
  readonly untilId: number;
  readonly matches: (row: Activity) => boolean;
  readonly signal: AbortSignal;
  /** 0..1. */
  readonly onProgress: (value: number) => void;
};

/** Rows with their payloads as one JSON array, oldest first; in parts, since a long log is hundreds of megabytes. */
export async function exportLog({ api, untilId, matches, signal, onProgress }: Request): Promise<ExportedLog> {
  const parts: string[] = [];
  let rows = 0;
  let afterId = 0;
  let firstId: number | null = null;
  for (;;) {
    signal.throwIfAborted();
    const page: readonly ActivityDetail[] = await api.activity.export({ limit: PAGE, afterId }, { signal });
    for (const row of page) {
      if (row.id > untilId || !matches(row)) continue;
      parts.push(`${rows === 0 ? '' : ',\n'}${JSON.stringify(row, null, 2)}`);
      rows += 1;
    }
    const last = page.at(-1)?.id;
    if (last === undefined || last <= afterId || last >= untilId || page.length < PAGE) break;
    firstId ??= page[0]?.id ?? 0;
    afterId = last;
    onProgress((afterId - firstId) / Math.max(1, untilId - firstId));
  }
  return { rows, parts: ['[', ...parts, ']\n'] };
}

export type ExportedLog = { readonly rows: number; readonly parts: readonly string[] };
