import type { DeviceReply } from '#contract/device-protocol.ts';

/** A request of a device as the listener understood it: validated where safety needs it, lenient everywhere else. */
export type DeviceRequest = {
  readonly method: string;
  /** Path with query, the pairing token shortened. For the log. */
  readonly path: string;
  readonly token: string;
  /** Scheme, host and port the phone used, from its validated Host header: `http://192.168.1.20:8787`. */
  readonly origin: string;
  readonly remoteAddress: string;
  /** A few headers worth keeping: user-agent, content-type, range. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
  /** Set by the core: the row of the log whose request a person sends again. */
  readonly replayOf?: number | null;
};

export type RequestBody =
  | { readonly kind: 'json'; readonly value: unknown }
  /** GET: the query as the object that a body would have been. */
  | { readonly kind: 'query'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'unreadable'; readonly reason: 'invalid_json' | 'too_large' | 'empty'; readonly text: string };

/** Unknown tokens, whatever was asked for: design/command-line.md §4. */
export const notPaired: DeviceReply = {
  status: 404,
  body: { error: 'not_found', message: 'Nothing is paired with this address', kind: 'failed' },
};

/** A file that a device may have, and the means to tell how far its transfer came. */
export type DownloadTicket = {
  readonly filePath: string;
  /** Where in it the file to send begins; it may be a piece of a larger one. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** False: a Range gets the whole file, since what the device has may be the beginning of another one. */
  readonly mayResume: boolean;
  /** Announces the transfer once its range is known. */
  begin(range: { readonly start: number; readonly end: number }): void;
  /** Bytes handed to the socket so far in this transfer; may be called for every chunk. */
  progress(bytesSent: number): void;
  /** Once, at the end; `broken` when the connection closed before the last byte. */
  end(outcome: 'complete' | 'broken', status: number): void;
};

/**
 * Everything the device listener may do: the core's face to phones.
 * No method throws for bad input; each returns the JSON the client expects. Writes are committed before it resolves.
 */
export type DeviceGateway = {
  /** POST …/updates. Source: protocol/clients.md §1. */
  checkUpdate(request: DeviceRequest): Promise<DeviceReply>;
  /** POST …/stats. Source: protocol/clients.md §7. */
  recordStats(request: DeviceRequest): Promise<DeviceReply>;
  /** POST, PUT, GET, DELETE …/channel_self. Source: protocol/clients.md §8. */
  channelSelf(request: DeviceRequest): Promise<DeviceReply>;
  /** GET …/bundles/SHA256.zip. Null: unknown token, or no release of this app has that file. */
  openBundle(
    request: Omit<DeviceRequest, 'body'>,
    file: { readonly sha256: string; readonly deviceTag: string | null },
  ): Promise<DownloadTicket | null>;
  /** GET …/files/SHA256[.br], a body of a delta manifest. Null: unknown token, or no release of this app has that file. */
  openFile(
    request: Omit<DeviceRequest, 'body'>,
    file: { readonly sha256: string; readonly tag: string | null },
  ): Promise<DownloadTicket | null>;
  /** POST …/updates/manifest_size. Source: protocol/clients.md §1.7. */
  manifestSize(request: DeviceRequest): Promise<DeviceReply>;
  /** A request that fits nothing: an unknown token or path, a bad Host. Logged, thinned out under a flood. */
  noteStranger(
    request: Omit<DeviceRequest, 'body' | 'token'>,
    reason: 'unknown_token' | 'unknown_path' | 'bad_host',
  ): void;
  /** Whether an app has it: asked before anything else of a request is read. */
  knowsToken(token: string): boolean;
};
