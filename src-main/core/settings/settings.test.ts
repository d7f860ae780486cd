import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { createEventHub } from '../event-hub.ts';
import { silentLogger } from '../ports.ts';
import { openDatabase, type Database } from '../storage/database.ts';
import { createSettingsRepository } from '../storage/settings-repository.ts';
import { createSettings, defaultSettings } from './settings.ts';

let dir: string;
let database: Database;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-settings-'));
  database = openDatabase(join(dir, 'db'), dir);
});
afterEach(async () => {
  database[Symbol.dispose]();
  await rm(dir, { recursive: true, force: true });
});

function open(warnings: object[] = []) {
  const events = createEventHub(silentLogger);
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
  return { events, settings: createSettings({ repository: createSettingsRepository(database), events, logger }) };
}

it('begins with the defaults', () => {
  expect(open().settings.get()).toEqual(defaultSettings);
});

it('changes what is given, keeps the rest, says so once, and remembers it', () => {
  const { settings, events } = open();
  const heard: string[] = [];
  events.subscribe(({ name }) => heard.push(name));
  const expected = {
    ...defaultSettings,
    device: { host: '0.0.0.0', port: 9000 },
    log: { maxRows: 100_000, maxDays: 7 },
    appearance: 'dark',
  };
  expect(settings.update({ device: { port: 9000 }, log: { maxDays: 7 }, appearance: 'dark' })).toEqual(expected);
  expect(heard).toEqual(['settings.changed']);
  expect(open().settings.get()).toEqual(expected);
});

it('takes the default for a stored value that cannot be read, keeps the others, and logs it', () => {
  const repository = createSettingsRepository(database);
  const stored = { 'device.port': '"eighty"', 'device.host': '{not json', language: '"fr"' };
  repository.set(new Map(Object.entries(stored)));
  const warnings: object[] = [];
  expect(open(warnings).settings.get()).toEqual({ ...defaultSettings, language: 'fr' });
  expect(warnings).toEqual([{ key: 'device.host' }, { key: 'device.port' }]);
});
