import { useSyncExternalStore } from 'react';

/** As in LogGrid.module.css and `--sw-row`, in rem: rows grow with the person's text size. */
const ROW_REM = 2.125;
const HEAD_REM = 1.875;

/** Heights in CSS pixels. */
export function useRowHeight(): { readonly rowHeight: number; readonly headHeight: number } {
  const fontSize = useSyncExternalStore(subscribe, read);
  return { rowHeight: Math.round(fontSize * ROW_REM), headHeight: Math.round(fontSize * HEAD_REM) };
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}

function read(): number {
  const fontSize = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Number.isFinite(fontSize) ? fontSize : 16;
}
