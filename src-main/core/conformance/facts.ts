import type { ReplyFields } from '../simulator/reply-fields.ts';

/** A request to the server under test, with its answer. */
export type Exchanged = {
  /** For people: `update check of an Android device`. */
  readonly label: string;
  /** Null: no answer. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The answer as JSON; undefined when it is none. */
  readonly value: unknown;
  /** The answer as a JSON object; null when it is none. */
  readonly body: ReplyFields | null;
  /** Why there is no answer. */
  readonly problem: string | null;
};

/** What was found about one file that an offer names. */
export type FileFacts = {
  readonly url: string;
  readonly whole: {
    readonly status: number | null;
    readonly contentLength: number | null;
    readonly bytes: number;
    readonly sha256: string;
    readonly tookMs: number;
    readonly problem: string | null;
  };
  /** The answer to a Range in its middle. */
  readonly part: { readonly status: number | null; readonly contentRange: string | null; readonly isRight: boolean };
  /** The answer to a Range that starts at its end. */
  readonly beyond: { readonly status: number | null };
  /** Names in it as a zip; null when it is none that can be read (encrypted, or broken). */
  readonly names: readonly string[] | null;
};

export type ManifestFacts = {
  readonly entries: readonly unknown[];
  /** Files that were asked for all at once. */
  readonly asked: number;
  readonly failures: readonly string[];
  readonly sample: FileFacts | null;
};

export type StatsFacts = {
  readonly batch: Exchanged;
  readonly single: Exchanged;
  /** A single event without `version_name`. */
  readonly nameless: Exchanged;
  /** 200 copies of one event. */
  readonly full: Exchanged;
  /** No JSON. */
  readonly broken: Exchanged;
};

export type ChannelFacts = {
  readonly list: Exchanged;
  readonly get: Exchanged;
  /** Asks for the channel of a device whose `defaultChannel` does not exist. */
  readonly getUnknown: Exchanged;
  readonly setUnknown: Exchanged;
  /** By channel name: sets of listed channels; empty when read-only. */
  readonly setPublic: Exchanged | null;
  readonly setOwn: Exchanged | null;
  readonly setPrivate: Exchanged | null;
  /** DELETE of an old plugin. */
  readonly unset: Exchanged | null;
  readonly electronGet: Exchanged;
};

/** Everything that the rows are judged by. */
export type Facts = {
  /** A device on the bundle of the store. */
  readonly store: Exchanged;
  /** The same with `version_name: "builtin"`. */
  readonly literal: Exchanged;
  /** The same with missing, null, empty and unknown fields. */
  readonly sparse: Exchanged;
  /** The same once more. */
  readonly again: Exchanged;
  readonly ios: Exchanged;
  readonly electron: Exchanged;
  /** A device that runs some bundle: it can be sent back to the one of the store. */
  readonly away: Exchanged;
  /** The same with a plugin that does not know `builtin`. */
  readonly old: Exchanged;
  /** A device that runs what was offered; null when nothing was. */
  readonly current: Exchanged | null;
  /** A device with another key; null when the offer is not encrypted. */
  readonly otherKey: Exchanged | null;
  /** A device that has reported `update_fail`; null when nothing was offered, or without a stats address. */
  readonly afterFailure: Exchanged | null;
  readonly zip: FileFacts | null;
  readonly manifest: ManifestFacts | null;
  readonly stats: StatsFacts | null;
  readonly channels: ChannelFacts | null;
  /** Nothing was to be reported or set. */
  readonly isReadOnly: boolean;
  readonly all: readonly Exchanged[];
};

/** Every answer to an update check. */
export function updateReplies({
  store,
  literal,
  sparse,
  again,
  ios,
  electron,
  away,
  old,
  ...rest
}: Facts): Exchanged[] {
  const maybe = [rest.current, rest.otherKey, rest.afterFailure].filter((each) => each !== null);
  return [store, literal, sparse, again, ios, electron, away, old, ...maybe];
}

/** An answer that hands out a bundle. */
export function isOffer({ status, body }: Exchanged): boolean {
  if (status === null || status < 200 || status >= 300 || !body) return false;
  return typeof body['error'] !== 'string' && typeof body['kind'] !== 'string' && 'version' in body && 'url' in body;
}
