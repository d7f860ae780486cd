import { bytesText } from './format.ts';
import type { Streams } from './output.ts';

/** What a bar shows: how far the whole is, and what is going on. */
export type BarState = {
  /** 0..1 over the whole work. */
  readonly progress: number;
  readonly label: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  readonly unit?: 'bytes' | 'files' | 'devices' | undefined;
};

export type ProgressBar = Disposable & {
  update(state: BarState): void;
};

/** Work that is done sooner shows no bar. */
const SHOW_AFTER_MS = 500;
const REDRAW_MS = 100;
const BAR_WIDTH = 28;

/** One line on stderr that is redrawn in place and gone at the end; nothing where stderr is no terminal. */
export function createProgressBar({ stderr }: Pick<Streams, 'stderr'>): ProgressBar {
  if (stderr.isTTY !== true) return { update() {}, [Symbol.dispose]() {} };
  let state: BarState | undefined;
  let isShown = false;
  let timer: NodeJS.Timeout | undefined = setTimeout(() => {
    isShown = true;
    draw();
    timer = setInterval(draw, REDRAW_MS);
  }, SHOW_AFTER_MS);

  function draw(): void {
    if (!state) return;
    // A terminal that does not know its width says 0.
    stderr.write(`\r\u001B[2K${barText(state, stderr.columns || 80)}`);
  }

  return {
    update(next) {
      state = next;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      if (isShown) stderr.write('\r\u001B[2K');
    },
  };
}

/** `████████░░░░  42 %  pack  12 MB of 30 MB`, cut to the width of the terminal. */
export function barText({ progress, label, done, total, unit }: BarState, columns: number): string {
  const share = Math.min(Math.max(progress, 0), 1);
  const full = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const amount = (value: number): string => (unit === 'bytes' ? bytesText(value) : String(value));
  const counted = done === undefined ? '' : `  ${amount(done)}${total ? ` of ${amount(total)}` : ''}`;
  const files = unit === 'files' || unit === 'devices' ? ` ${unit}` : '';
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${bar} ${percent} %  ${label}${counted}${counted ? files : ''}`.slice(0, Math.max(columns - 1, 10));
}
