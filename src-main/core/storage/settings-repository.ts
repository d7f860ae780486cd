import type { Database } from './database.ts';

/** Settings by key, each a JSON text. What they mean is not known here. */
export type SettingsRepository = {
  get(key: string): string | undefined;
  /** All or none. */
  set(values: ReadonlyMap<string, string>): void;
};

export function createSettingsRepository(database: Database): SettingsRepository {
  return {
    get: (key) =>
      database.get<{ valueJson: string }>('SELECT value_json AS valueJson FROM settings WHERE key = ?', key)?.valueJson,
    set(values) {
      database.transaction(() => {
        for (const [key, valueJson] of values) {
          database.run('INSERT OR REPLACE INTO settings (key, value_json) VALUES (?, ?)', key, valueJson);
        }
      });
    },
  };
}
