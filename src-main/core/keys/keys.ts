import type { Key, KeyProject, KeyRef, ZipRef } from '#contract/models/key.ts';

import { startWith } from '../builds/builds.ts';
import { parseKey, parsePrivateKey, type PrivateKeyMaterial, type PublicKeyMaterial } from '../crypto/key-material.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { toTimestamp } from '../storage/time.ts';
import type { UploadService } from '../uploads/uploads.ts';
import { decryptZip, encryptZip, locateZip } from './envelope-by-hand.ts';
import { absolutePath, readBackupFile, readKeyFile, writeSecretFile } from './key-files.ts';
import { findKeyProjects } from './key-projects.ts';
import type { KeyVault, VaultKey } from './key-vault.ts';

/** The vault with the files around it: what the api offers. No method returns a private part. */
export type KeyService = {
  list(): Key[];
  get(name: string): Key;
  /** Read anew each time: configs are edited by others too. */
  projects(): Promise<KeyProject[]>;
  create(name: string): Promise<Key>;
  import(
    name: string,
    source: { readonly kind: 'text'; readonly pem: string } | { readonly kind: 'file'; readonly path: string },
  ): Promise<Key>;
  rename(name: string, newName: string): Key;
  delete(name: string, force: boolean): Key;
  retire(name: string, isRetired: boolean): Key;
  exportPrivate(name: string, out: string): Promise<{ path: string }>;
  backup(out: string, passphrase: string): Promise<{ path: string; keys: number }>;
  restore(path: string, passphrase: string): Promise<{ added: string[]; kept: string[] }>;
  /** Starts a job whose result is an `EncryptResult`. */
  encrypt(input: {
    readonly zip: ZipRef;
    readonly key: KeyRef;
    readonly format: EnvelopeFormat;
    readonly out?: string | undefined;
  }): string;
  /** Starts a job whose result is a `DecryptResult`. */
  decrypt(input: {
    readonly zip: ZipRef;
    readonly key: KeyRef;
    readonly sessionKey: string;
    readonly checksum?: string | undefined;
    readonly out?: string | undefined;
  }): string;
};

export function createKeys({
  vault,
  jobs,
  events,
  uploads,
  recentBuilds,
}: {
  readonly vault: KeyVault;
  readonly jobs: JobRunner;
  readonly events: EventHub;
  readonly uploads: UploadService;
  /** Paths of builds that were opened lately. */
  readonly recentBuilds: () => readonly string[];
}): KeyService {
  function changed(key: VaultKey): Key {
    events.emit('key.changed', {});
    return toKey(key);
  }

  async function privateKey(ref: KeyRef): Promise<PrivateKeyMaterial> {
    return ref.kind === 'vault' ? vault.openPrivate(ref.name) : parsePrivateKey(await textOf(ref));
  }

  async function publicKey(ref: KeyRef): Promise<PublicKeyMaterial> {
    return ref.kind === 'vault' ? vault.get(ref.name) : parseKey(await textOf(ref)).key;
  }

  return {
    list: () => vault.list().map(toKey),
    get: (name) => toKey(vault.get(name)),
    projects: () => findKeyProjects(recentBuilds()),
    create: async (name) => changed(await vault.create(name)),
    async import(name, source) {
      const pem = source.kind === 'text' ? source.pem : await readKeyFile(absolutePath(source.path));
      return changed(await vault.import(name, pem));
    },
    rename: (name, newName) => changed(vault.rename(name, newName)),
    delete: (name, force) => changed(vault.remove(name, { force })),
    retire: (name, isRetired) => changed(vault.retire(name, isRetired)),
    async exportPrivate(name, out) {
      const { privatePem } = await vault.openPrivate(name);
      await writeSecretFile(absolutePath(out), privatePem);
      return { path: out };
    },
    async backup(out, passphrase) {
      const sealed = await vault.backup(passphrase);
      await writeSecretFile(absolutePath(out), sealed);
      return { path: out, keys: vault.list().length };
    },
    async restore(path, passphrase) {
      const restored = await vault.restore(await readBackupFile(absolutePath(path)), passphrase);
      events.emit('key.changed', {});
      return restored;
    },
    encrypt({ zip, key, format, out }) {
      const place = locateZip(zip, out, 'encrypted', uploads);
      const plan = { kind: 'encrypt', title: place.title, steps: [{ name: 'encrypt', weight: 1 }] } as const;
      return startWith(place, jobs, plan, ({ step, signal }) =>
        step('encrypt', async (report) =>
          place.named(await encryptZip({ ...place, format, key: await privateKey(key), signal, report })),
        ),
      );
    },
    decrypt({ zip, key, sessionKey, checksum, out }) {
      const place = locateZip(zip, out, 'decrypted', uploads);
      const plan = { kind: 'decrypt', title: place.title, steps: [{ name: 'decrypt', weight: 1 }] } as const;
      return startWith(place, jobs, plan, ({ step, signal }) =>
        step('decrypt', async (report) =>
          place.named(await decryptZip({ ...place, sessionKey, checksum, key: await publicKey(key), signal, report })),
        ),
      );
    },
  };
}

async function textOf(ref: Exclude<KeyRef, { kind: 'vault' }>): Promise<string> {
  return ref.kind === 'text' ? ref.pem : readKeyFile(absolutePath(ref.path));
}

function toKey({ createdAtMs, retiredAtMs, use, ...key }: VaultKey): Key {
  const { name, keyId, fingerprint, bits, publicPem, hasPrivate } = key;
  const retiredAt = retiredAtMs === null ? null : toTimestamp(retiredAtMs);
  const createdAt = toTimestamp(createdAtMs);
  return { name, keyId, fingerprint, bits, publicPem, hasPrivate, createdAt, retiredAt, usedBy: use };
}
