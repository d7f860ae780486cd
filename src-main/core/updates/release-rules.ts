import type { UpdateOffer, UpdateReply } from '#contract/device-protocol.ts';
import { type ActivitySentence, told } from '#contract/texts/activity-texts.ts';

import { pass, refusal, stop, upToDate, type Draft, type Rule, type Verdict } from './decision.ts';
import { failedBefore, isWedged } from './failed-versions.ts';
import { manifestFor } from './offer-manifest.ts';

/** The bundle itself: capgo-server-and-cli.md §5.4, steps 23 to 25. */
export const bundleRules: readonly Rule[] = [
  { name: 'release.file', apply: findRelease },
  { name: 'release.key', apply: compareKeys },
  { name: 'version.up_to_date', apply: compareVersions },
];

/** Steps 39 to 42, and before them what Capgo does not look at. */
export const offerRules: readonly Rule[] = [
  { name: 'update.builtin', apply: offerBuiltin },
  { name: 'release.plugin', apply: checkPluginAge },
  { name: 'release.failed_before', apply: checkFailedBefore },
  { name: 'update.offer', apply: offerRelease },
];

function findRelease(draft: Draft): Verdict {
  const { target, channel } = draft;
  if (target.kind !== 'release') return pass('No file is needed.');
  const release = draft.app.releasesById.get(target.releaseId);
  if (release?.state !== 'ready') {
    return stop(
      `The release ${target.version} is gone.`,
      refusal('failed', 'no_bundle', told('BUNDLE_GONE')),
      { releaseId: target.releaseId, version: target.version },
      {
        remedy: 'Publish a release to the channel again.',
        ...(channel ? { action: { kind: 'publish', channelId: channel.channelId, channel: channel.name } } : {}),
      },
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
function compareKeys({ release, info, running, dialect }: Draft): Verdict {
  if (!release) return pass('There is no bundle to open.', { reason: 'none' });
  const deviceKeyId = info?.keyId ?? null;
  const bundleKeyId = release.keyId;
  const values = { device_key_id: deviceKeyId, bundle_key_id: bundleKeyId };
  // The same release is no offer, whatever its key: the next rule says "up to date".
  if (running === release.version) return pass('It already runs this bundle.', { ...values, reason: 'running' });
  if (deviceKeyId === bundleKeyId) {
    return pass(bundleKeyId === null ? 'Neither bundle nor app has a key.' : `Both have key ${bundleKeyId}.`, values);
  }
  // Old plugins have a key and do not say so, and 8-digit prefixes of the older form are no proof of another key.
  if (!dialect.tellsKeyId && (deviceKeyId === null || bundleKeyId !== null)) {
    return pass('The plugin does not tell reliably which key the app has.', { ...values, reason: 'untold' });
  }
  const refused = refusal('blocked', 'key_id_mismatch', keysSentence(bundleKeyId, deviceKeyId), {
    version: info?.versionName,
  });
  // Kept as the cloud names them: capgo-server-and-cli.md §5.4.
  const reply: UpdateReply = { ...refused.reply, deviceKeyId: deviceKeyId ?? '', bundleKeyId: bundleKeyId ?? '' };
  const decided = { ...refused, reply };
  if (bundleKeyId === null) {
    const remedy = `Publish the release encrypted with key ${deviceKeyId ?? ''}, or build the app without publicKey.`;
    return stop(`The app has key ${deviceKeyId ?? ''}, and ${release.version} is not encrypted.`, decided, values, {
      remedy,
    });
  }
  if (deviceKeyId === null) {
    const remedy = `Build the app with the public key ${bundleKeyId} in capacitor.config, or publish without encryption.`;
    return stop(`${release.version} is encrypted with key ${bundleKeyId}, and the app has no key.`, decided, values, {
      remedy,
    });
  }
  const remedy = `Encrypt with key ${deviceKeyId}, or build the app with the public key ${bundleKeyId}.`;
  return stop(
    `The app has key ${deviceKeyId}, and ${release.version} is encrypted with ${bundleKeyId}.`,
    decided,
    values,
    { remedy },
  );
}

/** Of two keys that differ: one of the sides may have none. */
function keysSentence(bundleKeyId: string | null, deviceKeyId: string | null): ActivitySentence {
  if (bundleKeyId === null) return told('BUNDLE_WITHOUT_KEY', { deviceKeyId: deviceKeyId ?? '' });
  return deviceKeyId === null
    ? told('APP_WITHOUT_KEY', { bundleKeyId })
    : told('KEYS_DIFFER', { bundleKeyId, deviceKeyId });
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
    upToDate(info, 'No new version available', told('UP_TO_DATE', { version: release.version })),
    values,
  );
}

/** Step 39. Clients do not get past an `error`, so who is sent back gets none: ADR 0009. */
function offerBuiltin({ info, dialect, target, channel, isOnBuiltin }: Draft): Verdict {
  if (target.kind !== 'builtin') return pass('It is not sent back to the bundle of the store.');
  const pluginVersion = info?.pluginVersion ?? null;
  const values = { plugin_version: pluginVersion, is_on_builtin: isOnBuiltin };
  if (isOnBuiltin) {
    const who = channel ? `Channel ${channel.name} offers` : 'It is to have';
    return stop(
      `${who} the bundle of the store, and that is what it runs.`,
      upToDate(info, 'Already on builtin', told('ON_BUILTIN'), 'already_on_builtin'),
      values,
    );
  }
  if (!dialect.understandsBuiltin) {
    const client =
      dialect.name === 'electron' ? "Electron's client" : `Plugin ${pluginVersion ?? 'of an unknown version'}`;
    const newer = dialect.name === 'electron' ? '' : 'Update the plugin to 6.2.0, 7.0.2 or newer, or publish';
    return stop(
      `${client} does not understand the way back to the bundle of the store.`,
      refusal('failed', 'revert_to_builtin_plugin_version_too_old', told('PLUGIN_WITHOUT_BUILTIN')),
      values,
      { remedy: `${newer === '' ? 'Publish' : newer} the older build under a new version.` },
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
      sentence: told('SENT_TO_BUILTIN'),
    },
  };
}

/** A bundle that the plugin cannot verify would be downloaded and thrown away at every check: clients.md §3, §4.4. */
function checkPluginAge({ info, dialect, release }: Draft): Verdict {
  if (!release) return pass('There is no bundle.');
  const version = info?.pluginVersion ?? null;
  // 512 hexadecimal digits are format v3, base64 is v2 (capgo-server-and-cli.md §3.1).
  const isHexChecksum = release.sessionKey !== null && /^[0-9a-f]{512}$/.test(release.checksum);
  const values = { plugin_version: version, checksum: dialect.checksum, encrypted: release.sessionKey !== null };
  const decided = refusal('blocked', 'plugin_version_too_old', told('PLUGIN_TOO_OLD'), {
    version: info?.versionName,
  });
  if (dialect.checksum === 'crc32') {
    return stop(
      `Plugin ${version ?? ''} checks CRC32, and ${release.version} has a SHA-256 checksum.`,
      decided,
      values,
      {
        remedy: 'Update the plugin to 6.1.18, 7.0.2 or newer and build the app anew.',
      },
    );
  }
  if (isHexChecksum && !dialect.readsHexChecksum) {
    return stop(
      `Plugin ${version ?? ''} does not read the encrypted checksum of ${release.version}, which is of format v3.`,
      decided,
      values,
      { remedy: 'Publish it with --format v2, or update the plugin to 7.30.0 or newer and build the app anew.' },
    );
  }
  return pass('The plugin can verify the bundle.', values);
}

/** Clients keep no list of what failed: clients.md §9.5, §13.11. */
function checkFailedBefore({ device, release, native, info, channel }: Draft): Verdict {
  if (!release) return pass('There is no bundle.');
  const { version } = release;
  const failed = failedBefore(device, version, native);
  if (!failed) return pass(`${version} never failed on this device.`, { version });
  const values = { version, action: failed.action, at: new Date(failed.atMs).toISOString() };
  const decided = refusal('blocked', 'version_failed_before', told('FAILED_BEFORE', { version }), {
    version: info?.versionName,
  });
  if (isWedged(failed)) {
    return stop(
      `The files of ${version} did not arrive whole, and iOS never tries the same version again.`,
      decided,
      { ...values, wedged: true },
      {
        remedy: 'Publish the build under a new version, or install the app anew.',
        ...(channel ? { action: { kind: 'publish', channelId: channel.channelId, channel: channel.name } } : {}),
      },
    );
  }
  return stop(
    `${version} failed on this device (${failed.action}); offered again, it would fail again at every check.`,
    decided,
    values,
    {
      remedy: 'Publish a corrected build under a new version, or offer this one again.',
      action: { kind: 'offerAgain', deviceId: info?.deviceId ?? '', version },
    },
  );
}

function offerRelease({ release, info, dialect, origin, app, deviceTag, running }: Draft): Verdict {
  if (!release) {
    return stop('There is nothing to offer.', refusal('failed', 'no_url_or_manifest', told('BUNDLE_GONE')));
  }
  const tag = deviceTag === null ? '' : `?d=${deviceTag}`;
  const { sessionKey } = release;
  // Omitted when there is none: null would break Android (clients.md §1.5).
  const keys = sessionKey === null ? [] : dialect.sessionKeyFields.map((field) => [field, sessionKey] as const);
  const manifest = manifestFor(dialect, info?.pluginVersion ?? null, release);
  const reply: UpdateOffer = {
    version: release.version,
    url: `${origin}/${app.token}/bundles/${release.blobSha256}.zip${tag}`,
    // Electron takes a checksum that it cannot decrypt as it is, and compares it with what it downloaded (clients.md §12.1).
    checksum: dialect.comparesDownload ? release.blobSha256 : release.checksum,
    ...Object.fromEntries(keys),
  };
  return {
    outcome: 'pass',
    detail: `It is offered ${release.version}.`,
    values: {
      version: release.version,
      encrypted: sessionKey !== null,
      delta: manifest.kind === 'manifest' ? `${manifest.files} files` : manifest.reason,
    },
    decided: {
      status: 200,
      reply,
      manifest: manifest.kind === 'manifest' ? { files: manifest.files, bytes: manifest.bytes } : null,
      outcome: 'offered',
      code: 'offer',
      sentence:
        running === null
          ? told('OFFERED', { version: release.version })
          : told('OFFERED_TO', { version: release.version, running }),
    },
  };
}
