import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileLogger } from './file-logger.ts';
import { openRotatingFile } from './rotating-file.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-log-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

describe('the log file', () => {
  async function logged(write: (logger: ReturnType<typeof createFileLogger>) => void): Promise<string> {
    {
      await using logger = createFileLogger(dataDir, { hostKind: 'headless', version: '1.2.3' });
      write(logger);
    }
    return readFile(join(dataDir, 'logs', 'slipway.log'), 'utf8');
  }

  it('holds one JSON object a line, complete when it is closed', async () => {
    const text = await logged((logger) => {
      for (let n = 0; n < 500; n += 1) logger.info({ n }, 'line');
      logger.debug({}, 'not at this level');
    });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(lines[0]).toMatchObject({ level: 30, hostKind: 'headless', version: '1.2.3', msg: 'line' });
  });

  it('keeps the stack of an error', async () => {
    const text = await logged((logger) => logger.error({ err: new Error('boom'), traceId: 't1' }, 'failed'));
    expect(JSON.parse(text)).toMatchObject({
      traceId: 't1',
      err: { message: 'boom', stack: expect.stringContaining('log.test') },
    });
  });

  const pairing = 'AbCdEfGhIjKlMnOpQrStUv';
  it.each([
    ['a pairing token in a URL', { url: `http://10.0.0.2:8787/${pairing}/updates` }, pairing],
    ['a pairing token in a path', { path: `/${pairing}/bundles/x.zip?d=1` }, pairing],
    ['a field called token', { app: { token: 'SECRET' } }, 'SECRET'],
    ['a session key', { offer: [{ session_key: 'SECRET', sessionKey: 'SECRET' }] }, 'SECRET'],
    ['headers', { headers: { authorization: 'Basic SECRET', cookie: 'a=SECRET' } }, 'SECRET'],
    ['a bearer in a message', { note: 'Authorization: Bearer SECRET-1' }, 'SECRET'],
    ['the control address', { url: 'http://127.0.0.1:8790/?token=SECRET' }, 'SECRET'],
    ['a private key', { pem: '-----BEGIN RSA PRIVATE KEY-----\nSECRET\n-----END RSA PRIVATE KEY-----' }, 'SECRET'],
    ['an error that mentions one', { err: new Error(`GET /${pairing}/stats failed`) }, pairing],
    ['bytes', { key: Buffer.from('SECRET') }, Buffer.from('SECRET').toString('base64')],
  ])('never holds %s', async (_, fields, secret) => {
    const text = await logged((logger) => logger.warn(fields, 'careful'));
    expect(text).not.toContain(secret);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  it('survives fields that refer to themselves', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(await logged((logger) => logger.info(loop, 'loop'))).toContain('[deep]');
  });

  it.skipIf(process.platform === 'win32')('is for its user alone', async () => {
    await logged((logger) => logger.info({}, 'x'));
    expect((await stat(join(dataDir, 'logs', 'slipway.log'))).mode & 0o777).toBe(0o600);
  });
});

describe('openRotatingFile', () => {
  it('puts full files aside and keeps as many as it was told', async () => {
    const path = join(dataDir, 'a.log');
    for (let round = 0; round < 8; round += 1) {
      await using file = openRotatingFile({ path, maxBytes: 100, keep: 2 });
      file.write(`${round}`.repeat(60));
    }
    expect((await readdir(dataDir)).toSorted()).toEqual(['a.log', 'a.log.1', 'a.log.2']);
    expect(await readFile(path, 'utf8')).toMatch(/^7+$/);
    expect(await readFile(`${path}.2`, 'utf8')).toMatch(/^5+$/);
  });

  it('goes on when it cannot write', async () => {
    await using file = openRotatingFile({ path: join(dataDir, 'a.log'), maxBytes: 100, keep: 1 });
    await rm(dataDir, { recursive: true });
    file.write('x\n');
    await file[Symbol.asyncDispose]();
    expect(await readFile(join(dataDir, 'a.log'), 'utf8')).toBe('x\n');
  });
});
