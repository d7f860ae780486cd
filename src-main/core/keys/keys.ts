import type { Key, KeyRef } from '#contract/models/key.ts';

import { parseKey, parsePrivateKey, type PrivateKeyMaterial, type PublicKeyMaterial } from '../crypto/key-material.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { toTimestamp } from '../storage/time.ts';
import { decryptZip, encryptZip } from './envelope-by-hand.ts';
import { absolutePath, readBackupFile, readKeyFile, writeSecretFile } from './key-files.ts';
import type { KeyVault, VaultKey } from './key-vault.ts';

/** The vault with the files around it: what the api offers. No method returns a private part. */
export type KeyService = {
  list(): Key[];
  get(name: string): Key;
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
    readonly zip: string;
    readonly key: KeyRef;
    readonly format: EnvelopeFormat;
    readonly out?: string | undefined;
  }): string;
  /** Starts a job whose result is a `DecryptResult`. */
  decrypt(input: {
    readonly zip: string;
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
}: {
  readonly vault: KeyVault;
  readonly jobs: JobRunner;
  readonly events: EventHub;
}): KeyService {
  function changed(key: VaultKey): Key {
    events.emit('key.changed', {});
    return toKey(key);
  }

  function privateKey(ref: KeyRef): Promise<PrivateKeyMaterial> {
    return ref.kind === 'vault'
      ? vault.openPrivate(ref.name)
      : readKeyFile(absolutePath(ref.path)).then(parsePrivateKey);
  }

  async function publicKey(ref: KeyRef): Promise<PublicKeyMaterial> {
    return ref.kind === 'vault' ? vault.get(ref.name) : parseKey(await readKeyFile(absolutePath(ref.path))).key;
  }

  return {
    list: () => vault.list().map(toKey),
    get: (name) => toKey(vault.get(name)),
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
      absolutePath(zip);
      if (out !== undefined) absolutePath(out);
      return jobs.start({ kind: 'encrypt', title: zip, steps: [{ name: 'encrypt', weight: 1 }] }, ({ step, signal }) =>
        step('encrypt', async (report) => encryptZip({ zip, out, format, key: await privateKey(key), signal, report })),
      );
    },
    decrypt({ zip, key, sessionKey, checksum, out }) {
      absolutePath(zip);
      if (out !== undefined) absolutePath(out);
      return jobs.start({ kind: 'decrypt', title: zip, steps: [{ name: 'decrypt', weight: 1 }] }, ({ step, signal }) =>
        step('decrypt', async (report) =>
          decryptZip({ zip, out, sessionKey, checksum, key: await publicKey(key), signal, report }),
        ),
      );
    },
  };
}

function toKey({ createdAtMs, retiredAtMs, use, ...key }: VaultKey): Key {
  const { name, keyId, fingerprint, bits, publicPem, hasPrivate } = key;
  const retiredAt = retiredAtMs === null ? null : toTimestamp(retiredAtMs);
  const createdAt = toTimestamp(createdAtMs);
  return { name, keyId, fingerprint, bits, publicPem, hasPrivate, createdAt, retiredAt, usedBy: use };
}
