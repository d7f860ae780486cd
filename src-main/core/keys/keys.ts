import { isAbsolute } from 'node:path';

import type { Key, KeyRef } from '#contract/models/key.ts';

import { AppError } from '../app-error.ts';
import { parseKey, parsePrivateKey, type PrivateKeyMaterial, type PublicKeyMaterial } from '../crypto/key-material.ts';
import type { EnvelopeFormat } from '../crypto/sealed-values.ts';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { toTimestamp } from '../storage/time.ts';
import { decryptZip, encryptZip } from './envelope-by-hand.ts';
import { readBackupFile, readKeyFile, writeSecretFile } from './key-files.ts';
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
    return ref.kind === 'vault' ? vault.openPrivate(ref.name) : readKeyFile(absolute(ref.path)).then(parsePrivateKey);
  }

  async function publicKey(ref: KeyRef): Promise<PublicKeyMaterial> {
    return ref.kind === 'vault' ? vault.get(ref.name) : parseKey(await readKeyFile(absolute(ref.path))).key;
  }

  return {
    list: () => vault.list().map(toKey),
    get: (name) => toKey(vault.get(name)),
    create: async (name) => changed(await vault.create(name)),
    async import(name, source) {
      const pem = source.kind === 'text' ? source.pem : await readKeyFile(absolute(source.path));
      return changed(await vault.import(name, pem));
    },
    rename: (name, newName) => changed(vault.rename(name, newName)),
    delete: (name, force) => changed(vault.remove(name, { force })),
    async exportPrivate(name, out) {
      const { privatePem } = await vault.openPrivate(name);
      await writeSecretFile(absolute(out), privatePem);
      return { path: out };
    },
    async backup(out, passphrase) {
      const sealed = await vault.backup(passphrase);
      await writeSecretFile(absolute(out), sealed);
      return { path: out, keys: vault.list().length };
    },
    async restore(path, passphrase) {
      const restored = await vault.restore(await readBackupFile(absolute(path)), passphrase);
      events.emit('key.changed', {});
      return restored;
    },
    encrypt({ zip, key, format, out }) {
      absolute(zip);
      if (out !== undefined) absolute(out);
      return jobs.start({ kind: 'encrypt', title: zip, steps: [{ name: 'encrypt', weight: 1 }] }, ({ step, signal }) =>
        step('encrypt', async (report) => encryptZip({ zip, out, format, key: await privateKey(key), signal, report })),
      );
    },
    decrypt({ zip, key, sessionKey, checksum, out }) {
      absolute(zip);
      if (out !== undefined) absolute(out);
      return jobs.start({ kind: 'decrypt', title: zip, steps: [{ name: 'decrypt', weight: 1 }] }, ({ step, signal }) =>
        step('decrypt', async (report) =>
          decryptZip({ zip, out, sessionKey, checksum, key: await publicKey(key), signal, report }),
        ),
      );
    },
  };
}

/** The core may run in another folder than whoever asks. */
function absolute(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new AppError('BAD_INPUT', { reason: 'the path must be absolute' });
  }
  return path;
}

function toKey({ createdAtMs, use, name, keyId, fingerprint, bits, publicPem, hasPrivate }: VaultKey): Key {
  return { name, keyId, fingerprint, bits, publicPem, hasPrivate, createdAt: toTimestamp(createdAtMs), usedBy: use };
}
