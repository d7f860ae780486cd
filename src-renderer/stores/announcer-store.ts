import { create } from 'zustand';

type Announcement = { readonly text: string; readonly count: number };

type AnnouncerState = { readonly polite: Announcement; readonly assertive: Announcement };

const silence: Announcement = { text: '', count: 0 };

export const useAnnouncerStore = create<AnnouncerState>(() => ({ polite: silence, assertive: silence }));

/** Says something to people who do not see it: `polite` for progress and success, `assertive` for failure. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  useAnnouncerStore.setState((state) => ({ [urgency]: { text, count: state[urgency].count + 1 } }));
}
