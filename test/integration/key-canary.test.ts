import { createPrivateKey } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Job } from '#contract/models/job.ts';
import { createKeyMaterial } from '#core/crypto/key-material.ts';
import { runVirtualDevice } from '#core/simulator/virtual-device.ts';

import { runCommand, startHost, type RunningHost } from '../helpers/headless-host.ts';
import { soundBuild, temporaryFolder, writeTree } from '../helpers/trees.ts';

const APP = 'com.example.canary';

/** Every form in which somebody could find the private part: lines of its PEM, its numbers as bytes, hex and base64. */
function canariesOf(privatePem: string): string[] {
  const { d = '', p = '', q = '', dp = '' } = createPrivateKey(privatePem).export({ format: 'jwk' });
  const numbers = [d, p, q, dp].map((text) => Buffer.from(text, 'base64url'));
  const forms = numbers.flatMap((number) =>
    (['latin1', 'hex', 'base64', 'base64url'] as const).map((form) => number.subarray(0, 48).toString(form)),
  );
  return [...privatePem.split('\n').slice(1, -2), ...forms];
}

/** Everything below a folder, as bytes. */
async function contentsOf(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async (entry) => (await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
  return (await Promise.all(texts)).join('\n');
}

async function heardEvents({ ready }: RunningHost, signal: AbortSignal, into: string[]): Promise<void> {
  const response = await fetch(`${ready.control?.url}/api/events`, {
    headers: { authorization: `Bearer ${ready.control?.token}` },
    signal,
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) into.push(decoder.decode(chunk));
}

describe('the private part of a key', () => {
  it('is found nowhere outside the vault: answers, events, logs, database, device replies, exports, leftovers', async () => {
    await using folder = await temporaryFolder();
    const dataDir = folder.at('data');
    const { privatePem, publicPem } = await createKeyMaterial();
    const canaries = canariesOf(privatePem);
    const seen: string[] = [];
    const tell = (value: unknown): void => void seen.push(JSON.stringify(value) ?? '');
    const refused = (call: Promise<unknown>): Promise<void> =>
      call.then(
        () => Promise.reject(new Error('it succeeded')),
        (error: unknown) => tell([String(error), error, error instanceof Error ? error.stack : '']),
      );
    const stopEvents = new AbortController();
    const build = await writeTree(folder.at('dist'), soundBuild);
    {
      await using host = await startHost({ dataDir });
      const events = heardEvents(host, stopEvents.signal, seen).catch(() => undefined);
      const { api } = host;
      const text = (pem: string) => ({ kind: 'text', pem }) as const;
      tell(await api.keys.import({ name: 'work', source: text(privatePem) }));
      await refused(api.keys.import({ name: 'again', source: text(privatePem) }));
      // Errors about a key that is nearly right do not repeat it.
      await refused(api.keys.import({ name: 'bad', source: text(privatePem.replace('\n', '\nAAAA')) }));
      await refused(api.keys.import({ name: privatePem.slice(0, 99), source: text(privatePem) }));
      await refused(api.keys.import({ name: 'long', source: text(privatePem.repeat(50)) }));
      tell(await api.keys.rename({ name: 'work', newName: 'job' }));
      tell(await api.keys.list({}));
      tell(await host.command('key', 'show', 'job'));
      tell(await host.command('publish', build, '--app', APP, '--version', '1.0.1', '--key', 'job'));
      const app = await api.apps.get({ appId: APP });
      const base = `${host.deviceOrigin}/${app.token}`;
      const urls = { updateUrl: `${base}/updates`, statsUrl: `${base}/stats`, appId: APP };
      tell(await runVirtualDevice({ ...urls, nativeVersion: '0.9.0', publicKey: publicPem, readyTimeoutMs: 50 }));
      for (const path of ['/', '/healthz', '/updates', '/keys', '/job', '/secrets.key', '/../secrets.key']) {
        tell(await (await fetch(base + path)).text());
        tell(await (await fetch(host.deviceOrigin + path)).text());
      }
      const zip = folder.at('x.zip');
      await host.command('zip', build, '--out', zip);
      // A key given as text for one zip is kept nowhere: not in the job, not in its failure.
      for (const key of [text(privatePem), { kind: 'vault', name: 'job' } as const]) {
        const { jobId } = await api.keys.encrypt({ zip, key, format: 'v3', out: folder.at(`${key.kind}.enc`) });
        tell(await ended(host, jobId));
      }
      const { jobId } = await api.keys.decrypt({ zip, key: text(privatePem), sessionKey: `${'A'.repeat(24)}:x` });
      tell(await ended(host, jobId));
      await host.command('key', 'rename', 'job', 'shop');
      await api.rotations.start({ appId: APP, oldKey: 'shop', newKey: 'next', isCreated: true });
      tell(await api.rotations.list({}));
      tell(await api.jobs.list({}));
      tell(await api.activity.export({ limit: 1000 }));
      tell(await api.releases.list({ appId: APP }));
      tell(await api.projects.config({ appId: APP }));
      tell(await api.vault.protect({ passphrase: 'correct horse battery' }));
      await api.keys.backup({ out: folder.at('keys.backup'), passphrase: 'another horse battery' });
      await writeFile(folder.at('report'), host.log());
      // On purpose it comes, to one file; that file is no evidence.
      const exported = folder.at('exported.pem');
      tell(await api.keys.exportPrivate({ name: 'shop', out: exported }));
      expect(await readFile(exported, 'utf8')).toBe(privatePem);
      await rm(exported);
      stopEvents.abort();
      await events;
    }
    // What a command says that fails on a damaged key file.
    await writeFile(folder.at('damaged.pem'), privatePem.slice(0, 900));
    const crash = await runCommand(['encrypt', folder.at('x.zip'), '--key-file', folder.at('damaged.pem')]);
    seen.push(crash.stdout, crash.stderr);
    expect(crash.exitCode).toBe(1);
    await rm(folder.at('damaged.pem'));

    const everything = [...seen, await contentsOf(folder.path)].join('\n');
    for (const evidence of ['key.changed', 'KEY_EXISTS', '1.0.1', 'download_complete', 'SQLite format 3']) {
      expect(everything).toContain(evidence);
    }
    expect(everything).not.toContain('correct horse battery');
    expect(everything).not.toContain('another horse battery');
    expect(canaries.filter((canary) => everything.includes(canary))).toEqual([]);
  });
});

async function ended({ api }: RunningHost, jobId: string): Promise<Job> {
  for (;;) {
    const job = await api.jobs.get({ jobId });
    if (job.state !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
