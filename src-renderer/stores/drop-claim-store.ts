import { useEffect } from 'react';
import { create } from 'zustand';

/** A file that was dropped; `path` where this host tells it. */
export type DroppedFile = { readonly file: File; readonly path: string | null };

type Claim = {
  /** What dropping does here, shown while something is held over the window. */
  readonly title: string;
  readonly hint: string;
  readonly take: (files: readonly DroppedFile[]) => void;
};

/** The screen that takes drops in place of the review; null where none does. */
export const useDropClaimStore = create<{ readonly claim: Claim | null }>(() => ({ claim: null }));

/** Takes the drops of the window as long as the component is there. */
export function useDropClaim({ title, hint, take }: Claim): void {
  useEffect(() => {
    const claim = { title, hint, take };
    useDropClaimStore.setState({ claim });
    return () => useDropClaimStore.setState((state) => (state.claim === claim ? { claim: null } : state));
  }, [title, hint, take]);
}
