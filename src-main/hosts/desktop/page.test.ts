import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Protocol } from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isOwnPage, pageUrl, servePage } from './page.ts';

let dir: string;
let get: (url: string, method?: string) => Promise<Response>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-page-'));
  await mkdir(join(dir, 'renderer/assets'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'secret');
  await writeFile(join(dir, 'renderer/index.html'), '<!doctype html>');
  await writeFile(join(dir, 'renderer/assets/a b.js'), '1');
  const protocol = {
    handle(_: string, handler: (request: Request) => Promise<Response>) {
      get = (url, method = 'GET') => handler(new Request(url, { method }));
    },
  };
  servePage(protocol as unknown as Protocol, join(dir, 'renderer'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('servePage', () => {
  it('serves the built files with their types under the strict policy', async () => {
    const page = await get(pageUrl);
    expect(page.status).toBe(200);
    expect(await page.text()).toBe('<!doctype html>');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self';/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('app://slipway/assets/a%20b.js')).headers.get('content-type')).toContain('javascript');
  });

  it.each([
    'app://slipway/missing.js',
    'app://slipway/',
    'app://slipway/assets',
    'app://slipway/../secret.txt',
    'app://slipway/%2e%2e/secret.txt',
    'app://slipway/assets/..%2f..%2fsecret.txt',
    'app://slipway/assets/..%5c..%5csecret.txt',
    'app://slipway/index.html%00.js',
    'app://slipway/%',
  ])('answers %s with nothing', async (url) => {
    const reply = await get(url);
    expect(reply.status).toBe(404);
    expect(await reply.text()).toBe('');
  });

  it('refuses other hosts and methods', async () => {
    expect((await get('app://elsewhere/index.html')).status).toBe(403);
    expect((await get(pageUrl, 'POST')).status).toBe(403);
  });
});

describe('isOwnPage', () => {
  it.each([
    [pageUrl, true],
    ['app://slipway/other.html#/devices', true],
    ['app://slipway.evil/index.html', false],
    ['app://slipway@evil/index.html', false],
    ['https://slipway/index.html', false],
    ['file:///index.html', false],
    ['about:blank', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(isOwnPage(address)).toBe(expected);
  });
});
