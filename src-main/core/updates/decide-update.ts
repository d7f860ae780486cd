import type { RefusalKind, UpdateRefusal, UpdateReply } from '#contract/device-protocol.ts';
import type { ActivityOutcome, TraceStep } from '#contract/models/activity.ts';

import type { AppEntry, ChannelEntry, ReleaseEntry } from '../apps/app-directory.ts';
import type { DeviceFacts } from '../devices/device-facts.ts';
import { BUILTIN_REPLY_PLUGINS, isPluginAtLeast, KEY_ID_PLUGINS, readNativeVersion } from './client-versions.ts';
import type { DeviceInfo } from './parse-request.ts';

/** What was in the request's body. */
export type UpdateRequest =
  | { readonly kind: 'device'; readonly info: DeviceInfo; readonly isEmpty: boolean }
  | { readonly kind: 'unreadable'; readonly reason: 'invalid_json' | 'too_large' | 'empty' | 'not_an_object' };

export type UpdateQuestion = {
  readonly request: UpdateRequest;
  /** The app that the pairing token in the address belongs to. */
  readonly app: AppEntry;
  /** Scheme, host and port by which the device reached us: URLs in the reply start with it. */
  readonly origin: string;
  /** Names the device in the URL of its download. */
  readonly deviceTag: string | null;
  /** What is kept of the device. */
  readonly device: DeviceFacts;
  /** Remembered decisions age. */
  readonly nowMs: number;
};

export type UpdateDecision = {
  readonly status: 200 | 400;
  readonly reply: UpdateReply;
  readonly outcome: Extract<ActivityOutcome, 'offered' | 'up_to_date' | 'blocked' | 'failed'>;
  /** The protocol's error code, `offer`, or `builtin`. */
  readonly code: string;
  /** English sentence for the log. */
  readonly summary: string;
  /** Every rule in order; those after the one that stopped are `skip`. */
  readonly trace: readonly TraceStep[];
  /** The release that was offered, or that the device already runs. */
  readonly releaseId: string | null;
  /** Name of the channel that decided; null when the request was refused before. */
  readonly channel: string | null;
};

type Values = TraceStep['values'];

/** What the rules found so far. Each rule reads what earlier ones established. */
type Draft = UpdateQuestion & {
  info: DeviceInfo | null;
  /** What it runs, as Capgo compares it: `builtin` replaced by the native version. */
  running: string | null;
  isOnBuiltin: boolean;
  channel: ChannelEntry | null;
  release: ReleaseEntry | null;
};

type Decided = Pick<UpdateDecision, 'status' | 'reply' | 'outcome' | 'code' | 'summary'>;

type Verdict =
  | { readonly outcome: 'pass'; readonly detail: string; readonly values?: Values; readonly decided?: Decided }
  | {
      readonly outcome: 'stop';
      readonly detail: string;
      readonly values?: Values;
      readonly remedy?: string;
      readonly decided: Decided;
    };

type Rule = { readonly name: string; readonly apply: (draft: Draft) => Verdict };

/** The order of Capgo's server: capgo-server-and-cli.md §5.4. */
const rules: readonly Rule[] = [
  { name: 'request.body', apply: checkBody },
  { name: 'request.device_id', apply: checkDeviceId },
  { name: 'request.app_id', apply: checkAppId },
  { name: 'request.platform', apply: checkPlatform },
  { name: 'version.native', apply: readNative },
  { name: 'version.running', apply: readRunning },
  { name: 'channel.select', apply: selectChannel },
  { name: 'channel.target', apply: checkTarget },
  { name: 'release.file', apply: findRelease },
  { name: 'release.key', apply: compareKeys },
  { name: 'version.up_to_date', apply: compareVersions },
  { name: 'update.builtin', apply: offerBuiltin },
  { name: 'update.offer', apply: offerRelease },
];

/**
 * Decides what a device is answered, and why. Pure: equal questions get equal answers.
 * The reply is always one of the two shapes of clients.md §1.5: an offer without `error`, `kind` or null, or a refusal
 * with all of `kind`, `error` and `message`.
 */
export function decideUpdate(question: UpdateQuestion): UpdateDecision {
  const draft: Draft = { ...question, info: null, running: null, isOnBuiltin: false, channel: null, release: null };
  const trace: TraceStep[] = [];
  let decided: Decided | undefined;
  for (const { name, apply } of rules) {
    if (decided) {
      trace.push({ rule: name, outcome: 'skip', detail: 'Not looked at: an earlier rule decided.', values: {} });
      continue;
    }
    const verdict = apply(draft);
    const remedy = verdict.outcome === 'stop' && verdict.remedy !== undefined ? { remedy: verdict.remedy } : {};
    trace.push({
      rule: name,
      outcome: verdict.outcome,
      detail: verdict.detail,
      values: verdict.values ?? {},
      ...remedy,
    });
    decided = verdict.decided;
  }
  decided ??= refusal('failed', 'unknown_error', 'No rule decided');
  return { ...decided, trace, releaseId: draft.release?.releaseId ?? null, channel: draft.channel?.name ?? null };
}

function checkBody(draft: Draft): Verdict {
  const { request } = draft;
  if (request.kind === 'unreadable') {
    const { code, message, remedy } = unreadable[request.reason];
    return stop(message, malformed(code, message), { reason: request.reason }, remedy);
  }
  draft.info = request.info;
  if (request.isEmpty) {
    const message = 'The body is an empty JSON object';
    return stop(
      message,
      malformed('invalid_json_body', message),
      {},
      'Send the device information of clients.md §1.2.',
    );
  }
  return pass('The body is a JSON object; unknown, missing and empty fields are normal.');
}

const unreadable = {
  invalid_json: {
    code: 'invalid_json_parse_body',
    message: 'Invalid JSON body',
    remedy: 'Whatever sent this is no update client, or something on the way changed the body.',
  },
  too_large: {
    code: 'invalid_json_body',
    message: 'The body is larger than any update check',
    remedy: 'Whatever sent this is no update client.',
  },
  empty: {
    code: 'invalid_json_parse_body',
    message: 'The body is empty',
    remedy: 'An update check is a POST with a JSON object.',
  },
  not_an_object: {
    code: 'invalid_json_body',
    message: 'The body is JSON, but not an object',
    remedy: 'An update check is a POST with one JSON object; lists go to the stats address.',
  },
} as const;

function checkDeviceId({ info }: Draft): Verdict {
  if (info?.deviceId == null) {
    const message = 'Cannot find device_id';
    return stop(
      'The request names no usable device_id.',
      malformed('missing_device_id', message),
      { device_id: null },
      'Every client sends one; whatever sent this is no update client.',
    );
  }
  return pass(`The device is ${info.deviceId}.`, { device_id: info.deviceId });
}

function checkAppId({ info, app }: Draft): Verdict {
  const sent = info?.appId ?? null;
  const values = { app_id: sent, expected: app.appId };
  if (sent === null) return pass(`The request names no app; its address belongs to ${app.appId}.`, values);
  if (sent === app.appId) return pass(`The app is ${app.appId}.`, values);
  if (sent.toLowerCase() === app.appId.toLowerCase()) {
    return pass(`The app is ${app.appId}; the device spells it ${sent}.`, values);
  }
  const message = `This address belongs to ${app.appId}, not to ${sent}`;
  return stop(
    `The device says it is ${sent}, but its address belongs to ${app.appId}.`,
    // Not `failed`: the device would report a failed download at every check.
    refusal('blocked', 'app_id_mismatch', message, { version: info?.versionName }),
    values,
    `Give that app the addresses of ${sent} (Connect), or set plugins.CapacitorUpdater.appId to ${app.appId} if it is the same app.`,
  );
}

function checkPlatform({ info }: Draft): Verdict {
  const platform = info?.platform ?? 'unknown';
  const sent = info?.platformSent ?? null;
  if (platform !== 'unknown') return pass(`The platform is ${platform}.`, { platform });
  return pass(
    sent === null
      ? 'The request names no platform; it is served like a phone. Capgo would refuse it.'
      : `The platform "${sent}" is not known; it is served like a phone. Capgo would refuse it.`,
    { platform: sent },
  );
}

function readNative({ info }: Draft): Verdict {
  const sent = info?.versionBuild ?? null;
  const { comparable, reading } = readNativeVersion(sent);
  const values = { version_build: sent, comparable };
  switch (reading) {
    case 'exact':
      return pass(`The native version is ${sent}.`, values);
    case 'padded':
      return pass(`The native version ${sent} counts as ${comparable}.`, values);
    case 'coerced':
      return pass(`The native version ${sent} is read as ${comparable}; Capgo would refuse it (semver_error).`, values);
    case 'none':
      return pass(
        sent === null
          ? 'The request names no native version; rules about it do not apply.'
          : `The native version ${sent} cannot be compared; rules about it do not apply. Capgo would refuse it (semver_error).`,
        values,
      );
  }
}

/** Since 8.44 the store bundle is named by the native version, before that `builtin`: clients.md §13.2. */
function readRunning(draft: Draft): Verdict {
  const name = draft.info?.versionName ?? null;
  const build = draft.info?.versionBuild ?? null;
  const values = { version_name: name, version_build: build };
  if (name === null || name === 'builtin') {
    draft.isOnBuiltin = true;
    draft.running = build === null ? null : (readNativeVersion(build).comparable ?? build);
    return pass(
      draft.running === null
        ? 'It runs the bundle of the store, of an unknown version.'
        : `It runs the bundle of the store, which counts as ${draft.running}.`,
      values,
    );
  }
  draft.running = name;
  draft.isOnBuiltin = name === build;
  return pass(
    draft.isOnBuiltin ? `It runs the bundle of the store, named ${name}.` : `It runs the bundle ${name}.`,
    values,
  );
}

function selectChannel(draft: Draft): Verdict {
  const { app, info } = draft;
  const asked = info?.defaultChannel ?? null;
  const byName = asked === null ? undefined : app.channels.find(({ name }) => name === asked);
  const chosen = byName ?? app.channels.find(({ isDefault }) => isDefault);
  const values = { defaultChannel: asked, channel: chosen?.name ?? null };
  if (!chosen) {
    return stop(
      'The app has no default channel.',
      refusal('failed', 'no_channel', 'no default channel or override'),
      values,
      'Make a channel the default one.',
    );
  }
  draft.channel = chosen;
  if (asked === null) return pass(`It asks for no channel and gets the default one, ${chosen.name}.`, values);
  if (byName) return pass(`It asks for channel ${asked}.`, values);
  return pass(
    `It asks for channel "${asked}", which does not exist, and gets the default one, ${chosen.name}. Capgo would answer no_channel.`,
    values,
  );
}

function checkTarget({ channel, running, isOnBuiltin, info }: Draft): Verdict {
  const name = channel?.name ?? '';
  const target = channel?.target ?? { kind: 'none' };
  switch (target.kind) {
    case 'none': {
      // Not Capgo's `no_bundle`: that one is `failed`, and a phone connected before the first publish would report
      // a failed download at each check.
      const message = `Nothing is published on channel ${name} yet`;
      return stop(
        `Channel ${name} offers nothing yet.`,
        upToDate(info, message, running ? `Nothing published yet; runs ${running}` : 'Nothing published yet'),
        { channel: name, target: 'none' },
        `Publish a release to ${name}.`,
      );
    }
    case 'builtin': {
      const values = { channel: name, target: 'builtin', isOnBuiltin };
      if (!isOnBuiltin) return pass(`Channel ${name} offers the bundle of the store.`, values);
      return stop(
        `Channel ${name} offers the bundle of the store, and that is what it runs.`,
        upToDate(info, 'Already on builtin', 'Already on the bundle of the store', 'already_on_builtin'),
        values,
      );
    }
    case 'release':
      return pass(`Channel ${name} offers ${target.version}.`, { channel: name, target: target.version });
  }
}

function findRelease(draft: Draft): Verdict {
  const target = draft.channel?.target;
  if (target?.kind !== 'release') return pass('No file is needed.');
  const release = draft.app.releasesById.get(target.releaseId);
  if (release?.state !== 'ready') {
    return stop(
      `The release ${target.version} is gone.`,
      refusal('failed', 'no_bundle', 'Cannot get bundle'),
      { releaseId: target.releaseId, version: target.version },
      'Publish a release to the channel again.',
    );
  }
  draft.release = release;
  return pass(`The file of ${release.version} is stored.`, {
    version: release.version,
    sizeBytes: release.sizeBytes,
    sha256: release.blobSha256,
  });
}

/**
 * A bundle that the device cannot open is not offered: it would be downloaded and thrown away at every check. Beyond
 * Capgo, which compares only when both sides name a key (capgo-server-and-cli.md §5.4, step 24), this also stops a
 * plain bundle for an app with a public key and an encrypted one for an app without (clients.md §3).
 */
function compareKeys({ release, info, running }: Draft): Verdict {
  if (!release) return pass('There is no bundle to open.');
  const deviceKeyId = info?.keyId ?? null;
  const bundleKeyId = release.keyId;
  const values = { device_key_id: deviceKeyId, bundle_key_id: bundleKeyId };
  // The same release is no offer, whatever its key: the next rule says "up to date".
  if (running === release.version) return pass('It already runs this bundle.', values);
  if (deviceKeyId === bundleKeyId) {
    return pass(bundleKeyId === null ? 'Neither bundle nor app has a key.' : `Both have key ${bundleKeyId}.`, values);
  }
  // Old plugins have a key and do not say so, and 8-digit prefixes of the older form are no proof of another key.
  if (deviceKeyId === null && !isPluginAtLeast(info?.pluginVersion ?? null, KEY_ID_PLUGINS)) {
    return pass('The plugin does not tell which key the app has.', values);
  }
  const shown = bundleKeyId ?? 'no key';
  const refused = refusal('blocked', 'key_id_mismatch', `The bundle has ${shown}, the app ${deviceKeyId ?? 'no key'}`, {
    version: info?.versionName,
  });
  // Kept as the cloud names them: capgo-server-and-cli.md §5.4.
  const reply: UpdateReply = { ...refused.reply, deviceKeyId: deviceKeyId ?? '', bundleKeyId: bundleKeyId ?? '' };
  const decided = { ...refused, reply };
  if (bundleKeyId === null) {
    const remedy = `Publish the release encrypted with key ${deviceKeyId ?? ''}, or build the app without publicKey.`;
    return stop(
      `The app has key ${deviceKeyId ?? ''}, and ${release.version} is not encrypted.`,
      decided,
      values,
      remedy,
    );
  }
  if (deviceKeyId === null) {
    const remedy = `Build the app with the public key ${bundleKeyId} in capacitor.config, or publish without encryption.`;
    return stop(
      `${release.version} is encrypted with key ${bundleKeyId}, and the app has no key.`,
      decided,
      values,
      remedy,
    );
  }
  const remedy = `Encrypt with key ${deviceKeyId}, or build the app with the public key ${bundleKeyId}.`;
  return stop(
    `The app has key ${deviceKeyId}, and ${release.version} is encrypted with ${bundleKeyId}.`,
    decided,
    values,
    remedy,
  );
}

/** Exact equality of names, as the client compares them: clients.md §1.5, capgo-server-and-cli.md §5.3. */
function compareVersions({ release, running, info }: Draft): Verdict {
  if (!release) return pass('There is no version to compare with.');
  const values = { running, offered: release.version };
  if (running !== release.version) {
    return pass(
      running === null ? `It is not known what it runs.` : `It runs ${running}, which is not ${release.version}.`,
      values,
    );
  }
  return stop(
    `It already runs ${release.version}.`,
    upToDate(info, 'No new version available', `Up to date on ${release.version}`),
    values,
  );
}

function offerBuiltin({ info, channel }: Draft): Verdict {
  if (channel?.target.kind !== 'builtin') return pass('The channel does not lead back to the bundle of the store.');
  const pluginVersion = info?.pluginVersion ?? null;
  const values = { plugin_version: pluginVersion };
  if (!isPluginAtLeast(pluginVersion, BUILTIN_REPLY_PLUGINS)) {
    return stop(
      `Plugin ${pluginVersion ?? 'of an unknown version'} does not understand the way back to the bundle of the store.`,
      refusal('failed', 'revert_to_builtin_plugin_version_too_old', 'The plugin is too old to revert to builtin'),
      values,
      'Update the plugin to 6.2.0, 7.0.2 or newer, or publish the older build under a new version.',
    );
  }
  return {
    outcome: 'pass',
    detail: 'It is sent back to the bundle of the store.',
    values,
    decided: {
      status: 200,
      reply: { version: 'builtin' },
      outcome: 'offered',
      code: 'builtin',
      summary: 'Sent back to the bundle of the store',
    },
  };
}

function offerRelease({ release, info, origin, app, deviceTag, running }: Draft): Verdict {
  if (!release) {
    return stop('There is nothing to offer.', refusal('failed', 'no_url_or_manifest', 'Cannot get bundle'));
  }
  const tag = deviceTag === null ? '' : `?d=${deviceTag}`;
  const { sessionKey } = release;
  const reply = {
    version: release.version,
    url: `${origin}/${app.token}/bundles/${release.blobSha256}.zip${tag}`,
    checksum: release.checksum,
    // Omitted when there is none: null would break Android, clients.md §1.5.
    ...(sessionKey === null ? {} : { session_key: sessionKey }),
    // Electron reads its own spelling, clients.md §12.1.
    ...(sessionKey !== null && info?.platform === 'electron' ? { sessionKey } : {}),
  };
  return {
    outcome: 'pass',
    detail: `It is offered ${release.version}.`,
    values: { version: release.version, encrypted: sessionKey !== null },
    decided: {
      status: 200,
      reply,
      outcome: 'offered',
      code: 'offer',
      summary: running === null ? `Offered ${release.version}` : `Offered ${release.version}; runs ${running}`,
    },
  };
}

function pass(detail: string, values: Values = {}): Verdict {
  return { outcome: 'pass', detail, values };
}

function stop(detail: string, decided: Decided, values: Values = {}, remedy?: string): Verdict {
  return { outcome: 'stop', detail, values, decided, ...(remedy === undefined ? {} : { remedy }) };
}

function refusal(
  kind: RefusalKind,
  error: string,
  message: string,
  extra: { readonly version?: string | null | undefined } = {},
): Decided {
  const version = extra.version ?? undefined;
  const reply: UpdateRefusal = { kind, error, message, ...(version === undefined ? {} : { version }) };
  return { status: 200, reply, outcome: kind, code: error, summary: message };
}

/** The reply that every client ever shipped takes for "nothing new": clients.md §1.5. */
function upToDate(
  info: DeviceInfo | null,
  message: string,
  summary: string,
  error = 'no_new_version_available',
): Decided {
  // As the device spells it: then iOS leaves out its second request (clients.md §9.2).
  return { ...refusal('up_to_date', error, message, { version: info?.versionName }), summary };
}

/** A request that is none: clients.md §13.3 wants `kind` in every refusal, whatever the status. */
function malformed(error: string, message: string): Decided {
  return { ...refusal('failed', error, message), status: 400 };
}
