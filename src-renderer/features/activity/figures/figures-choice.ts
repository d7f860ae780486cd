import { create } from 'zustand';
import { persist } from 'zustand/middleware';

import type { FigureRange } from '#contract/models/figures.ts';

type FiguresChoice = {
  readonly isOpen: boolean;
  readonly range: FigureRange;
  readonly isRealOnly: boolean;
};

/** How a person left the figures; kept over restarts of the window. */
export const useFiguresChoice = create<FiguresChoice>()(
  persist((): FiguresChoice => ({ isOpen: false, range: '24h', isRealOnly: false }), { name: 'slipway.figures' }),
);

export function chooseFigures(choice: Partial<FiguresChoice>): void {
  useFiguresChoice.setState(choice);
}
