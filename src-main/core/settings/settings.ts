import { settingsSchema, type Settings } from '#contract/models/server.ts';

import type { EventHub } from '../event-hub.ts';
import type { Logger } from '../ports.ts';
import type { SettingsRepository } from '../storage/settings-repository.ts';

export const defaultSettings: Settings = {
  device: { host: '0.0.0.0', port: 8787 },
  log: { maxRows: 100_000, maxDays: 30 },
  appearance: 'system',
  language: 'system',
};

export type SettingsPatch = {
  readonly device?: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined;
  readonly log?: { readonly maxRows?: number | undefined; readonly maxDays?: number | undefined } | undefined;
  readonly appearance?: Settings['appearance'] | undefined;
  readonly language?: Settings['language'] | undefined;
};

export type SettingsService = {
  get(): Settings;
  /** Changes what is given and announces `settings.changed`. */
  update(patch: SettingsPatch): Settings;
};

/** One row per leaf, so that a value this program cannot read costs that value only. */
const leaves = {
  'device.host': settingsSchema.shape.device.shape.host,
  'device.port': settingsSchema.shape.device.shape.port,
  'log.maxRows': settingsSchema.shape.log.shape.maxRows,
  'log.maxDays': settingsSchema.shape.log.shape.maxDays,
  appearance: settingsSchema.shape.appearance,
  language: settingsSchema.shape.language,
} as const;
type LeafKey = keyof typeof leaves;

export function createSettings({
  repository,
  events,
  logger,
}: {
  readonly repository: SettingsRepository;
  readonly events: EventHub;
  readonly logger: Logger;
}): SettingsService {
  let current: Settings = {
    device: {
      host: read('device.host', defaultSettings.device.host),
      port: read('device.port', defaultSettings.device.port),
    },
    log: {
      maxRows: read('log.maxRows', defaultSettings.log.maxRows),
      maxDays: read('log.maxDays', defaultSettings.log.maxDays),
    },
    appearance: read('appearance', defaultSettings.appearance),
    language: read('language', defaultSettings.language),
  };

  function read<T>(key: LeafKey, fallback: T): T {
    const text = repository.get(key);
    if (text === undefined) return fallback;
    const parsed = leaves[key].safeParse(parseJson(text));
    if (parsed.success) return parsed.data as T;
    logger.warn({ key }, 'a stored setting cannot be read; its default is used');
    return fallback;
  }

  return {
    get: () => current,
    update(patch) {
      const changes: [LeafKey, string | number | undefined][] = [
        ['device.host', patch.device?.host],
        ['device.port', patch.device?.port],
        ['log.maxRows', patch.log?.maxRows],
        ['log.maxDays', patch.log?.maxDays],
        ['appearance', patch.appearance],
        ['language', patch.language],
      ];
      const given = changes.filter(([, value]) => value !== undefined);
      repository.set(new Map(given.map(([key, value]) => [key, JSON.stringify(value)])));
      current = {
        device: {
          host: patch.device?.host ?? current.device.host,
          port: patch.device?.port ?? current.device.port,
        },
        log: {
          maxRows: patch.log?.maxRows ?? current.log.maxRows,
          maxDays: patch.log?.maxDays ?? current.log.maxDays,
        },
        appearance: patch.appearance ?? current.appearance,
        language: patch.language ?? current.language,
      };
      events.emit('settings.changed', {});
      return current;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
