import type { Reply } from './errors.ts';
import type { EventMessage } from './events.ts';

/** What the preload puts on `window.desktop`, and nothing else. Absent in a browser. */
export type DesktopBridge = {
  /** One call by path (`releases.publish`); never rejects, a failure is a reply. */
  readonly call: (path: string, input: unknown) => Promise<Reply>;
  /** Returns its own undo. */
  readonly subscribe: (listener: (message: EventMessage) => void) => () => void;
  /** Where a dropped file or folder lies on this machine; empty when it lies nowhere. `file` is a DOM `File`. */
  readonly pathForFile: (file: unknown) => string;
  /** Asks for a folder with the system's dialog; null when the person thought better of it. */
  readonly pickFolder: () => Promise<string | null>;
};
