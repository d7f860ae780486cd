import { Buffer } from 'node:buffer';

import { readHtml } from './html.ts';

/**
 * Finds calls of `notifyAppReady`, without which every phone rolls the update back (protocol/clients.md §9.5).
 * The name alone proves nothing: every app that imports the plugin has the method's definition in its bundle.
 */
export type CallFinder = {
  /** Takes the next piece of one script; true once a call was found. */
  feed(piece: Uint8Array): boolean;
  /** The script has ended. */
  end(): boolean;
};

const NAME = 'notifyAppReady';
const nameBytes = Buffer.from(NAME);
/** How much around the name is looked at. */
const CONTEXT_BYTES = 256;

export function createCallFinder(): CallFinder {
  let kept: Buffer = Buffer.alloc(0);
  /** Where in `kept` the part begins that was not looked at yet; before it lies only context. */
  let from = 0;
  let isFound = false;

  /** Looks at every place whose context is complete; the rest is kept for the next piece. */
  function search(isLast: boolean): void {
    for (;;) {
      const at = kept.indexOf(nameBytes, from);
      if (at === -1) {
        // The end may hold the first letters of the name.
        from = Math.max(from, kept.length - nameBytes.length + 1);
        break;
      }
      const end = at + nameBytes.length;
      if (!isLast && end + CONTEXT_BYTES > kept.length) {
        from = at;
        break;
      }
      const before = kept.toString('latin1', Math.max(0, at - CONTEXT_BYTES), at);
      if (isCall(before, kept.toString('latin1', end, end + CONTEXT_BYTES))) {
        isFound = true;
        return;
      }
      from = end;
    }
    // A place is looked at once, and always with its whole context: what is cut off here no later place needs.
    const dropped = Math.max(0, from - CONTEXT_BYTES);
    kept = kept.subarray(dropped);
    from -= dropped;
  }

  return {
    feed(piece) {
      if (isFound) return true;
      kept =
        kept.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([kept, piece]);
      search(false);
      // The piece may be a view of somebody else's buffer.
      kept = Buffer.from(kept);
      return isFound;
    },
    end() {
      if (!isFound) search(true);
      kept = Buffer.alloc(0);
      return isFound;
    },
  };
}

/** Whether a piece of script calls it. */
export function hasCall(script: string): boolean {
  const finder = createCallFinder();
  return finder.feed(Buffer.from(script)) || finder.end();
}

/** Whether an inline script or an event handler of a page calls it. */
export function pageHasCall(page: string): boolean {
  if (!page.includes(NAME)) return false;
  for (const part of readHtml(page)) {
    if (part.kind === 'script' && hasCall(part.content)) return true;
    for (const [name, value] of part.attributes) {
      if (name.startsWith('on') && hasCall(value)) return true;
    }
  }
  return false;
}

/** Everything counts that is not recognisably a definition or a comment: a wrong "missing" would block a good build. */
function isCall(before: string, after: string): boolean {
  const lineStart = before.lastIndexOf('\n');
  const isLineKnown = lineStart !== -1 || before.length < CONTEXT_BYTES;
  if (isLineKnown && /^\s*(\/\/|(\/\*|\*)(?!.*\*\/))/.test(before.slice(lineStart + 1))) return false;
  // Minified: `t.prototype.notifyAppReady=function`
  if (/^\s*=(?![=>])/.test(after)) return false;
  if (/\.\s*$/.test(before)) return true;
  if (/\bfunction\s*\*?\s*$/.test(before)) return false;
  // `async notifyAppReady(){`
  if (/^\s*\([^()]*\)\s*\{/.test(after)) return false;
  // `notifyAppReady:function`, `"notifyAppReady":async()=>`, `notifyAppReady:e=>`
  return !/^["'`]?\s*:\s*(async\b|function\b|\([^()]*\)\s*=>|[\w$]+\s*=>)/.test(after);
}
