import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { api } from '#contract/api.ts';
import { wireErrorSchema } from '#contract/errors.ts';
import { AppError } from '#core/app-error.ts';
import { createCore, type Core } from '#core/create-core.ts';
import { silentLogger, systemClock, type Logger } from '#core/ports.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

import { createDispatch } from './dispatch.ts';
import { handlers } from './handlers/handlers.ts';
import type { HostServices } from './host-services.ts';
import type { Dispatch } from './transport.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let core: Core;
let logged: { readonly err?: unknown; readonly traceId?: unknown }[];

beforeEach(async () => {
  folder = await temporaryFolder();
  logged = [];
  core = await createCore(
    {
      clock: systemClock,
      logger: silentLogger,
      deviceOrigin: { loopback: () => Promise.reject(new AppError('DEVICE_LISTENER_DOWN')), port: () => null },
      network: { interfaces: () => ({}) },
      secrets: { kind: 'none', seal: (plain) => Promise.resolve(plain), open: (sealed) => Promise.resolve(sealed) },
    },
    { dataDir: folder.at('data'), sampleAppDir: folder.at('sample'), appVersion: '0.0.0' },
  );
});
afterEach(async () => {
  await core[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function dispatchOn(changes: Partial<HostServices> = {}): Dispatch {
  const logger: Logger = { ...silentLogger, error: (fields) => void logged.push(fields) };
  const host: HostServices = {
    kind: 'headless',
    version: '0.0.0',
    dataDir: folder.at('data'),
    capabilities: [],
    deviceListener: {
      status: () => ({ state: 'stopped', host: '127.0.0.1', port: 0, urls: [], error: null }),
      restart: () => Promise.resolve(),
    },
    revealDataFolder: () => Promise.reject(new AppError('NOT_AVAILABLE_HERE', { what: 'reveal' })),
    ...changes,
  };
  return createDispatch({ core, host, logger });
}

describe('a call', () => {
  it('has a handler for every procedure, and no handler without one', () => {
    const names = (domains: object) =>
      Object.entries(domains).map(([domain, calls]) => [domain, Object.keys(calls as object).toSorted()]);
    expect(Object.fromEntries(names(handlers))).toEqual(Object.fromEntries(names(api)));
  });

  it('gives the value that its contract describes, defaults filled in', async () => {
    const added = await dispatchOn()('apps.add', { appId: 'com.example.app', unknown: 1 });
    expect(added).toMatchObject({ ok: true, value: { appId: 'com.example.app', name: 'com.example.app' } });
    const suggested = await dispatchOn()('releases.suggestVersion', { appId: 'com.example.app' });
    expect(suggested).toMatchObject({ ok: true, value: { version: '1.0.0' } });
  });

  it('needs no input object when the procedure wants nothing', async () => {
    const replies = await Promise.all([undefined, null, {}].map((input) => dispatchOn()('apps.list', input)));
    expect(replies).toEqual(Array.from({ length: 3 }, () => ({ ok: true, value: [] })));
  });

  it('passes on the code and the values of an expected failure', async () => {
    expect(await dispatchOn()('apps.get', { appId: 'com.example.app' })).toEqual({
      ok: false,
      error: { code: 'APP_NOT_FOUND', params: { appId: 'com.example.app' } },
    });
  });

  it('tells nothing of an unexpected failure but a trace id, under which the log has it all', async () => {
    const secret = new TypeError('/home/somebody/secret');
    const reply = await dispatchOn({ revealDataFolder: () => Promise.reject(secret) })('server.revealDataFolder', {});
    const error = wireErrorSchema.parse(reply.ok ? null : reply.error);
    expect(JSON.stringify(reply)).not.toContain('secret');
    expect(error).toEqual({ code: 'INTERNAL', params: {}, traceId: logged[0]?.traceId });
    expect(logged).toEqual([{ err: secret, path: 'server.revealDataFolder', traceId: error.traceId }]);
  });

  it('turns a full disk into its own code', async () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    const reply = await dispatchOn({ revealDataFolder: () => Promise.reject(full) })('server.revealDataFolder', {});
    expect(reply).toEqual({ ok: false, error: { code: 'DISK_FULL', params: {} } });
  });

  it('does not let out what its contract does not describe', async () => {
    const reply = await dispatchOn({ version: 7 as unknown as string })('server.status', {});
    expect(reply).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(logged).toHaveLength(1);
  });
});

describe('a hostile call', () => {
  it.each([undefined, null, 7, {}, [], Symbol('x')])('whose path is %o is answered', async (path) => {
    expect(await dispatchOn()(path as string, {})).toMatchObject({ ok: false, error: { code: 'UNKNOWN_PROCEDURE' } });
  });

  it('whose input throws when it is looked at is answered', async () => {
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        has: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(await dispatchOn()('apps.add', throwing)).toMatchObject({ ok: false });
    const endless: Record<string, unknown> = { appId: 'com.example.app' };
    endless['name'] = endless;
    expect(await dispatchOn()('apps.add', endless)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('cannot reach prototypes through names or keys', async () => {
    const input = JSON.parse(
      '{"appId":"com.example.app","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ) as unknown;
    expect(await dispatchOn()('apps.add', input)).toMatchObject({ ok: true });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(await dispatchOn()('apps.constructor', {})).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN_PROCEDURE' },
    });
  });

  it('of any kind gets a reply in the shape of the contract, and never an INTERNAL', async () => {
    const dispatch = dispatchOn();
    const paths = Object.entries(api)
      .flatMap(([domain, calls]) => Object.keys(calls).map((name) => `${domain}.${name}`))
      .filter((path) => path !== 'sample.run' && path !== 'server.doctor');
    // Inputs whose keys fit, so that they get further than the first check.
    const keys = [
      'appId',
      'deviceId',
      'source',
      'version',
      'out',
      'dir',
      'address',
      'id',
      'jobId',
      'uploadId',
      'release',
      'limit',
      'text',
      'path',
      'name',
    ];
    const value = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.integer(),
      fc.constantFrom('com.example.app', '../..', '\0', '%', "'; DROP TABLE apps; --", '1.0.0', '__proto__'),
      fc.record({ kind: fc.constantFrom('path', 'upload'), path: fc.string(), uploadId: fc.string() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...paths), fc.string()),
        fc.dictionary(fc.constantFrom(...keys), value),
        async (path, input) => {
          const reply = await dispatch(path, input);
          const code = reply.ok ? 'OK' : wireErrorSchema.parse(reply.error).code;
          expect(code).not.toBe('INTERNAL');
        },
      ),
      { numRuns: 1500 },
    );
  });
});
