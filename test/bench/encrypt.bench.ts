/**
 * How long encrypting and decrypting a zip takes beside `openssl enc -aes-128-cbc` on the same file in the same run, and
 * how much memory it takes at its highest: figures of one machine at one time.
 * `node test/bench/encrypt.bench.ts [MEGABYTES]`
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

import { decryptBundle, encryptBundle } from '#core/crypto/envelope.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';
import { temporaryFolder } from '#test/helpers/trees.ts';

const MEGA = 1_000_000;
const megabytes = Number(process.argv[2] ?? 100);
const RUNS = megabytes > 500 ? 1 : 5;
const run = promisify(execFile);

await using temp = await temporaryFolder();
const plain = temp.at('plain.zip');
{
  await using file = await open(plain, 'w');
  const block = randomBytes(MEGA);
  for (let written = 0; written < megabytes; written += 1) {
    block.writeUInt32BE(written);
    await file.write(block);
  }
}
const key = await createKeyMaterial();
const sealed = temp.at('sealed.zip');

let highestRss = 0;
const watch = setInterval(() => (highestRss = Math.max(highestRss, process.memoryUsage.rss())), 20);
const before = process.memoryUsage.rss();

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    await rm(sealed, { force: true });
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0;
}

const keyHex = randomBytes(16).toString('hex');
const openssl = await median(() =>
  run('openssl', ['enc', '-aes-128-cbc', '-K', keyHex, '-iv', keyHex, '-in', plain, '-out', sealed]),
);
// As a publish does it: the plain digest is known from the packing, the encrypted one is wanted.
const publish = await median(() =>
  encryptBundle({ path: plain, out: sealed, key, format: 'v3', sha256: '0'.repeat(64), wantsEncryptedSha256: true }),
);
const byHand = await median(() => encryptBundle({ path: plain, out: sealed, key, format: 'v3' }));
const { sessionKey, checksum } = await encryptBundle({ path: plain, out: temp.at('kept.zip'), key, format: 'v3' });
const decrypt = await median(() =>
  decryptBundle({ path: temp.at('kept.zip'), out: sealed, key, sessionKey, checksum }),
);
clearInterval(watch);

const row = (ms: number) => ({
  ms: Math.round(ms),
  'MB/s': Math.round((megabytes / ms) * 1000),
  'of openssl': Number((openssl / ms).toFixed(2)),
});
console.table({
  'openssl enc': row(openssl),
  'encrypt (publish, digest of the result)': row(publish),
  'encrypt (by hand, digest of the zip)': row(byHand),
  'decrypt and verify': row(decrypt),
});
console.log(
  `${megabytes} MB, median of ${RUNS}; memory ${Math.round(before / MEGA)} MB before, at most ${Math.round(highestRss / MEGA)} MB`,
);
