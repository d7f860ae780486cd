/**
 * What phones send and receive. Separate from our own models: these shapes belong to the clients
 * and change only with them. Source: protocol/clients.md §1, §7, §8.
 */

/** One entry of a delta manifest. Source: protocol/clients.md §6.1. */
export type ManifestEntry = {
  readonly file_name: string;
  readonly file_hash: string;
  readonly download_url: string;
};

/**
 * An update offer. Carries neither `error` nor `kind`, not even null: Android would drop it (clients.md §1.4).
 * Every offer has a checksum: 8.51.23 refuses one without (clients.md Appendix C, row 3).
 */
export type UpdateOffer = {
  readonly version: string;
  readonly url: string;
  readonly checksum: string;
  readonly session_key?: string;
  /** Electron reads this spelling (clients.md §12.1). */
  readonly sessionKey?: string;
  readonly manifest?: readonly ManifestEntry[];
};

/** Sends the device back to the bundle it was shipped with; no url is needed (clients.md §1.5). */
export type BuiltinOffer = { readonly version: 'builtin' };

/** Exactly these three are known to the clients; anything else counts as `failed` (clients.md §1.4). */
export type RefusalKind = 'up_to_date' | 'blocked' | 'failed';

/** Every answer that is not an offer. */
export type UpdateRefusal = {
  readonly kind: RefusalKind;
  readonly error: string;
  readonly message: string;
  /** Present when known: it spares iOS its second request (clients.md §9.2). */
  readonly version?: string;
  readonly [extra: string]: string | number | boolean | undefined;
};

export type UpdateReply = UpdateOffer | BuiltinOffer | UpdateRefusal;

/** An HTTP answer of the device listener: always JSON, always with a body. */
export type DeviceReply<Body = unknown> = {
  readonly status: number;
  readonly body: Body;
  /** The body as JSON text, where it was made beforehand; else it is made of `body`. */
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
