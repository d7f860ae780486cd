import type { Platform } from '#contract/models/common.ts';

/**
 * What a device says about itself, in one shape for every client and age: missing, null, empty and wrongly typed
 * fields are all `null`. Source: protocol/clients.md §1.2, §13.1.
 */
export type DeviceInfo = {
  readonly platform: Platform;
  /** As it was sent, when it is none of the known ones. */
  readonly platformSent: string | null;
  /** Lower-cased: a device is the same however its id is spelled (capgo-server-and-cli.md §5.4, step 2). */
  readonly deviceId: string | null;
  readonly appId: string | null;
  readonly customId: string | null;
  readonly versionBuild: string | null;
  readonly versionCode: string | null;
  readonly versionOs: string | null;
  readonly versionName: string | null;
  readonly pluginVersion: string | null;
  readonly defaultChannel: string | null;
  readonly keyId: string | null;
  readonly installSource: string | null;
  readonly isEmulator: boolean;
  /** Capgo's default for a client that does not say is true (capgo-server-and-cli.md §5.2). */
  readonly isProd: boolean;
  /** Channel calls: the channel that is asked for. */
  readonly channel: string | null;
  /** Channel calls of Electron, and stats. */
  readonly action: string | null;
};

/** An id beyond this is not cut (two devices could become one) but refused. */
const MAX_DEVICE_ID = 128;
const MAX_TEXT = 255;

/** Reads an object, never throws: what cannot be read is null. Own properties only. */
export function readDeviceInfo(value: unknown): DeviceInfo {
  const read = readerOf(value);
  const platformSent = read.text('platform')?.toLowerCase() ?? null;
  const platform = isPlatform(platformSent) ? platformSent : 'unknown';
  const deviceId = read.text('device_id', Number.MAX_SAFE_INTEGER)?.toLowerCase() ?? null;
  return {
    platform,
    platformSent: platform === 'unknown' ? platformSent : null,
    deviceId: deviceId !== null && deviceId.length <= MAX_DEVICE_ID ? deviceId : null,
    appId: read.text('app_id'),
    customId: read.text('custom_id'),
    versionBuild: read.text('version_build'),
    versionCode: read.text('version_code'),
    versionOs: read.text('version_os'),
    versionName: read.text('version_name'),
    pluginVersion: read.text('plugin_version'),
    defaultChannel: read.text('defaultChannel'),
    keyId: read.text('key_id'),
    installSource: read.text('install_source'),
    isEmulator: read.flag('is_emulator') ?? false,
    isProd: read.flag('is_prod') ?? true,
    channel: read.text('channel'),
    action: read.text('action'),
  };
}

export type FieldReader = {
  /** Trimmed, without control characters, cut to `maxLength`; numbers become text; null when nothing is left. */
  text(name: string, maxLength?: number): string | null;
  /** `true`, `"true"`, `1`, `"1"` and their opposites. The list of channels is asked for by query, in words. */
  flag(name: string): boolean | null;
  /** A finite number, also when it was sent as text. */
  number(name: string): number | null;
};

export function readerOf(value: unknown): FieldReader {
  const fields = isRecord(value) ? value : {};
  const raw = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return {
    text(name, maxLength = MAX_TEXT) {
      const found = raw(name);
      if (typeof found === 'number' && Number.isFinite(found)) return String(found);
      if (typeof found !== 'string') return null;
      const clean = wellFormed(found.slice(0, maxLength)).trim();
      return clean === '' ? null : clean;
    },
    flag(name) {
      const found = raw(name);
      if (typeof found === 'boolean') return found;
      if (found === 1 || found === '1' || (typeof found === 'string' && found.toLowerCase() === 'true')) return true;
      if (found === 0 || found === '0' || (typeof found === 'string' && found.toLowerCase() === 'false')) return false;
      return null;
    },
    number(name) {
      const found = raw(name);
      const value = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    },
  };
}

/** A JSON object: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlatform(value: string | null): value is Exclude<Platform, 'unknown'> {
  return value === 'android' || value === 'ios' || value === 'electron';
}

/** Control characters break tables and terminals, turned writing direction deceives, lone surrogates break UTF-8. */
function wellFormed(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '').toWellFormed();
}
