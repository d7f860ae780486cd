/** A build that nobody wrote to for this long is taken to be finished. */
export const QUIET_MS = 400;
/**
 * How long a build that is quiet but not whole (no index.html, or one that names files that are not there) is waited
 * for: tools empty the folder first and write the page before or after what it names.
 */
export const PATIENCE_MS = 10_000;
/** A failure that may pass by itself (a full disk, a listener that is down) is tried again after this. */
export const RETRY_MS = 30_000;

/** What one look at a watched folder showed. */
export type Look =
  /** It is not there. */
  | { readonly kind: 'missing' }
  /** `signature` differs whenever a file came, went, or has another size or time. */
  | { readonly kind: 'tree'; readonly signature: string };

/** What became of a build that was judged. */
export type Verdict =
  /** Published, found unchanged, or refused: nothing more to do until it changes. */
  | 'done'
  /** Quiet, but not whole. */
  | 'incomplete'
  /** It changed under the hands, or vanished: as if it had not been judged. */
  | 'changed'
  /** Failed for a reason that may pass. */
  | 'retry';

export type SettleState = {
  /** The last look; null before the first. */
  readonly look: Look | null;
  /** Since when the looks are the same. */
  readonly sinceMs: number;
  /** What was said of exactly this look; null while nothing was. */
  readonly verdict: Verdict | null;
  readonly judgedAtMs: number;
};

export const beforeFirstLook: SettleState = { look: null, sinceMs: 0, verdict: null, judgedAtMs: 0 };

export type SettleStep =
  /** Look again when something is heard, or after so long. */
  | { readonly kind: 'rest'; readonly as: 'waiting' | 'missing' }
  | { readonly kind: 'look-again'; readonly afterMs: number }
  /** `isLastChance`: say so if it is not whole; nobody waits any longer. */
  | { readonly kind: 'judge'; readonly isLastChance: boolean };

/** What to do after a look. Pure: a fold over looks and verdicts, tested without folders and clocks. */
export function afterLook(state: SettleState, look: Look, nowMs: number): { state: SettleState; step: SettleStep } {
  const isSame = state.look !== null && equalLooks(state.look, look);
  const next: SettleState = isSame ? state : { look, sinceMs: nowMs, verdict: null, judgedAtMs: 0 };
  return { state: next, step: stepOf(next, nowMs) };
}

/** Notes what became of the build that `afterLook` had judged. */
export function afterVerdict(state: SettleState, verdict: Verdict, nowMs: number): SettleState {
  // Looked at anew from the start: what is there now has to be quiet again first.
  if (verdict === 'changed') return { ...beforeFirstLook, sinceMs: nowMs };
  return { ...state, verdict, judgedAtMs: nowMs };
}

function stepOf({ look, sinceMs, verdict, judgedAtMs }: SettleState, nowMs: number): SettleStep {
  if (look === null || look.kind === 'missing') return { kind: 'rest', as: 'missing' };
  const quietMs = nowMs - sinceMs;
  if (quietMs < QUIET_MS) return { kind: 'look-again', afterMs: QUIET_MS - quietMs };
  const isLastChance = quietMs >= PATIENCE_MS;
  switch (verdict) {
    case 'done':
      return { kind: 'rest', as: 'waiting' };
    case 'retry':
      if (nowMs - judgedAtMs < RETRY_MS) return { kind: 'look-again', afterMs: RETRY_MS - (nowMs - judgedAtMs) };
      return { kind: 'judge', isLastChance };
    case 'incomplete':
      // Nothing in it changed since: looking at the same files again says nothing new before the patience ends.
      if (!isLastChance) return { kind: 'look-again', afterMs: PATIENCE_MS - quietMs };
      return { kind: 'judge', isLastChance };
    default:
      return { kind: 'judge', isLastChance };
  }
}

function equalLooks(left: Look, right: Look): boolean {
  if (left.kind === 'missing' || right.kind === 'missing') return left.kind === right.kind;
  return left.signature === right.signature;
}
