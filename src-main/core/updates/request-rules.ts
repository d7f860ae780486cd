import { describeActivity, told } from '#contract/texts/activity-texts.ts';

import { dialectOf, pluginMajor } from './client-dialect.ts';
import { malformed, pass, refusal, stop, type Draft, type Rule, type Verdict } from './decision.ts';
import { readNativeVersion } from './native-version.ts';

/** What the request says, and what kind of client says it: capgo-server-and-cli.md §5.4, steps 1 to 17. */
export const requestRules: readonly Rule[] = [
  { name: 'request.body', apply: checkBody },
  { name: 'request.device_id', apply: checkDeviceId },
  { name: 'request.app_id', apply: checkAppId },
  { name: 'request.platform', apply: checkPlatform },
  { name: 'version.native', apply: readNative },
  { name: 'version.running', apply: readRunning },
  { name: 'client.plugin', apply: checkPlugin },
];

function checkBody(draft: Draft): Verdict {
  const { request } = draft;
  if (request.kind === 'unreadable') {
    const { code, sentence, remedy } = unreadable[request.reason];
    return stop(describeActivity(sentence), malformed(code, sentence), { reason: request.reason }, { remedy });
  }
  draft.info = request.info;
  draft.dialect = dialectOf(request.info.platform, request.info.pluginVersion);
  if (request.isEmpty) {
    const sentence = told('BODY_EMPTY_OBJECT');
    return stop(
      describeActivity(sentence),
      malformed('invalid_json_body', sentence),
      {},
      { remedy: 'Send the device information of clients.md §1.2.' },
    );
  }
  return pass('The body is a JSON object; unknown, missing and empty fields are normal.');
}

const unreadable = {
  invalid_json: {
    code: 'invalid_json_parse_body',
    sentence: told('JSON_INVALID'),
    remedy: 'Whatever sent this is no update client, or something on the way changed the body.',
  },
  too_large: {
    code: 'invalid_json_body',
    sentence: told('BODY_TOO_LARGE'),
    remedy: 'Whatever sent this is no update client.',
  },
  empty: {
    code: 'invalid_json_parse_body',
    sentence: told('BODY_EMPTY'),
    remedy: 'An update check is a POST with a JSON object.',
  },
  not_an_object: {
    code: 'invalid_json_body',
    sentence: told('BODY_NO_OBJECT'),
    remedy: 'An update check is a POST with one JSON object; lists go to the stats address.',
  },
} as const;

function checkDeviceId({ info }: Draft): Verdict {
  if (info?.deviceId == null) {
    return stop(
      'The request names no usable device_id.',
      malformed('missing_device_id', told('DEVICE_ID_MISSING')),
      { device_id: null },
      { remedy: 'Every client sends one; whatever sent this is no update client.' },
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
  return stop(
    `The device says it is ${sent}, but its address belongs to ${app.appId}.`,
    // Not `failed`: the device would report a failed download at every check.
    refusal('blocked', 'app_id_mismatch', told('OTHER_APP', { expected: app.appId, sent }), {
      version: info?.versionName,
    }),
    values,
    {
      remedy: `Give that app the addresses of ${sent} (Connect), or set plugins.CapacitorUpdater.appId to ${app.appId} if it is the same app.`,
    },
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

function readNative(draft: Draft): Verdict {
  const sent = draft.info?.versionBuild ?? null;
  const { comparable, reading } = readNativeVersion(sent);
  draft.native = comparable;
  const values = { version_build: sent, comparable, reading };
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
    draft.running = build === null ? null : (draft.native ?? build);
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

/** Majors 1 to 3 are served, 4 is not: capgo-server-and-cli.md §5.4, step 17. */
function checkPlugin({ info, dialect }: Draft): Verdict {
  const version = info?.pluginVersion ?? null;
  const values = {
    plugin_version: version,
    dialect: dialect.name,
    channel_kept_by: dialect.channelKeptBy,
    reads_kind: dialect.readsKind,
    understands_builtin: dialect.understandsBuiltin,
    manifest: dialect.manifest,
    stats_batches: dialect.sendsStatsBatches,
    store_bundle_name: dialect.storeBundleName,
  };
  if (pluginMajor(version) === 4 && dialect.name !== 'electron') {
    const sentence = told('PLUGIN_UNSUPPORTED', { version: version ?? '' });
    return stop(describeActivity(sentence), refusal('failed', 'unsupported_plugin_version', sentence), values, {
      remedy: 'Update @capgo/capacitor-updater and build the app anew.',
    });
  }
  if (version === null) return pass('The request names no plugin version; it is served like a new one.', values);
  const keeper = dialect.channelKeptBy === 'server' ? '; the channel it chooses is kept here' : '';
  return pass(`It is the ${dialect.name} client ${version}${keeper}.`, values);
}
