/** What the program under test (a child process) and the test (which owns the Chromium page) say to each other. */

export type WireFrame = { readonly url: string; readonly isMain: boolean };

export type ToProgram =
  | {
      readonly kind: 'invoke';
      readonly id: number;
      readonly channel: string;
      readonly args: readonly unknown[];
      readonly frame: WireFrame;
    }
  | {
      readonly kind: 'page-send';
      readonly channel: string;
      readonly args: readonly unknown[];
      readonly frame: WireFrame;
    }
  | { readonly kind: 'request'; readonly id: number; readonly url: string; readonly method: string }
  | { readonly kind: 'pick'; readonly path: string | null }
  | { readonly kind: 'second-instance'; readonly paths: readonly string[] }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'close-window' };

export type FromProgram =
  | { readonly kind: 'load'; readonly url: string; readonly preload: string }
  | { readonly kind: 'send'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'invoke-reply'; readonly id: number; readonly value?: unknown; readonly failure?: string }
  | { readonly kind: 'response'; readonly id: number; readonly response: WireResponse | null };

/** Null: the session refused the request. */
export type WireResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};
