import { z } from 'zod';

import type { ErrorCode } from '#contract/errors.ts';

import { AppError } from '../app-error.ts';
import {
  createKeyMaterial,
  parseKey,
  type KeyMaterial,
  type PrivateKeyMaterial,
  type PublicKeyMaterial,
} from '../crypto/key-material.ts';
import { assertPassphrase, openWithPassphrase, sealWithPassphrase } from '../crypto/passphrase-box.ts';
import type { Clock, SecretStore } from '../ports.ts';
import type { KeyRecord, KeyRepository, KeyUse } from '../storage/key-repository.ts';

/** A key as everybody may see it. */
export type VaultKey = KeyRecord & { readonly use: KeyUse };

/**
 * The keys that releases are encrypted with. Names are unique whatever their case, keys by their fingerprint.
 * Every key proves itself by a round trip before it is kept, and again as it comes back out of the secret store.
 */
export type KeyVault = {
  create(name: string): Promise<VaultKey>;
  /** Private or public PEM. The private part of a key known so far by its public one completes that entry. */
  import(name: string, pem: string): Promise<VaultKey>;
  list(): VaultKey[];
  /** By name. Throws `KEY_NOT_FOUND`. */
  get(name: string): VaultKey;
  rename(name: string, newName: string): VaultKey;
  /** Throws `KEY_IN_USE` unless forced: what it encrypted stays readable on devices, but nothing new can be made for them. */
  remove(name: string, options: { readonly force: boolean }): VaultKey;
  /** A retired key opens what it encrypted and is not chosen for new releases; `false` takes it back. */
  retire(name: string, isRetired: boolean): VaultKey;
  /** Opens the private part for work inside the core. Throws `KEY_PRIVATE_MISSING`, `KEY_SEALED_ELSEWHERE`, `VAULT_LOCKED`. */
  openPrivate(name: string): Promise<PrivateKeyMaterial>;
  /** Every key, private parts included, sealed with a passphrase. */
  backup(passphrase: string): Promise<Buffer>;
  /** Adds what is missing; never overwrites. Throws `SEAL_DAMAGED`, `PASSPHRASE_WRONG`. */
  restore(sealed: Uint8Array, passphrase: string): Promise<{ readonly added: string[]; readonly kept: string[] }>;
};

const NAME = /^[^\p{C}/\\]{1,60}$/u;

const backupSchema = z.object({
  format: z.literal('slipway-keys-1'),
  keys: z.array(z.object({ name: z.string(), createdAtMs: z.number(), pem: z.string() })).max(10_000),
});

export function createKeyVault(parts: {
  readonly keys: KeyRepository;
  readonly secrets: SecretStore;
  readonly clock: Clock;
}): KeyVault {
  const { keys, secrets, clock } = parts;

  const withUse = (record: KeyRecord): VaultKey => ({ ...record, use: keys.use(record) });

  function find(name: string): KeyRecord {
    const record = keys.get(name);
    if (!record) throw new AppError('KEY_NOT_FOUND', { name });
    return record;
  }

  function freeName(name: string): string {
    const trimmed = name.trim();
    if (!NAME.test(trimmed)) throw new AppError('KEY_NAME_INVALID', { name: trimmed.slice(0, 60) });
    const taken = keys.get(trimmed);
    if (taken) throw new AppError('KEY_EXISTS', { name: taken.name, keyId: taken.keyId });
    return trimmed;
  }

  async function add(name: string, material: KeyMaterial, createdAtMs: number): Promise<VaultKey> {
    const { publicPem, keyId, fingerprint, bits } = material.key;
    const sealed = material.kind === 'private' ? await sealProven(secrets, material.key) : null;
    const known = keys.byFingerprint(fingerprint);
    if (known) {
      if (known.hasPrivate || !sealed) throw new AppError('KEY_EXISTS', { name: known.name, keyId });
      keys.setPrivate(fingerprint, sealed);
      return withUse(find(known.name));
    }
    keys.insert({ name, keyId, fingerprint, publicPem, bits, createdAtMs }, sealed);
    return withUse(find(name));
  }

  async function openPrivate(name: string): Promise<PrivateKeyMaterial> {
    const record = find(name);
    const sealed = keys.sealedPrivate(record.fingerprint);
    if (!sealed) throw new AppError('KEY_PRIVATE_MISSING', { name: record.name });
    return openSealed(secrets, sealed, record);
  }

  async function opensHere(name: string): Promise<boolean> {
    try {
      await openPrivate(name);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'KEY_SEALED_ELSEWHERE') return false;
      throw error;
    }
  }

  return {
    create: async (name) => add(freeName(name), { kind: 'private', key: await createKeyMaterial() }, clock.now()),
    async import(name, pem) {
      const material = parseKey(pem);
      const known = keys.byFingerprint(material.key.fingerprint);
      return add(known ? known.name : freeName(name), material, clock.now());
    },
    list: () => keys.list().map(withUse),
    get: (name) => withUse(find(name)),
    rename(name, newName) {
      const record = find(name);
      const isOnlyCase = newName.trim().toLowerCase() === record.name.toLowerCase();
      keys.rename(record.name, isOnlyCase ? newName.trim() : freeName(newName));
      return withUse(find(newName.trim()));
    },
    remove(name, { force }) {
      const key = withUse(find(name));
      const users = [...key.use.releases.map(({ appId, version }) => `${appId} ${version}`), ...key.use.apps];
      if (users.length > 0 && !force) throw new AppError('KEY_IN_USE', { name: key.name, users });
      keys.remove(key.fingerprint);
      return key;
    },
    retire(name, isRetired) {
      const { fingerprint } = find(name);
      keys.setRetired(fingerprint, isRetired ? clock.now() : null);
      return withUse(find(name));
    },
    openPrivate,
    async backup(passphrase) {
      assertPassphrase(passphrase);
      const entries = [];
      for (const record of keys.list()) {
        const pem = record.hasPrivate ? (await openPrivate(record.name)).privatePem : record.publicPem;
        entries.push({ name: record.name, createdAtMs: record.createdAtMs, pem });
      }
      const content = { format: 'slipway-keys-1', keys: entries } satisfies z.input<typeof backupSchema>;
      return sealWithPassphrase(Buffer.from(JSON.stringify(content)), passphrase);
    },
    async restore(sealed, passphrase) {
      const content = readBackup(await openWithPassphrase(sealed, passphrase));
      const added: string[] = [];
      const kept: string[] = [];
      for (const entry of content.keys) {
        const material = parseKey(entry.pem);
        const known = keys.byFingerprint(material.key.fingerprint);
        if (known && (material.kind === 'public' || (known.hasPrivate && (await opensHere(known.name))))) {
          kept.push(known.name);
          continue;
        }
        if (known?.hasPrivate && material.kind === 'private') {
          // Sealed on another machine: as good as missing.
          keys.setPrivate(known.fingerprint, await sealProven(secrets, material.key));
          added.push(known.name);
          continue;
        }
        const key = await add(known ? known.name : unusedName(entry.name, keys), material, entry.createdAtMs);
        added.push(key.name);
      }
      return { added, kept };
    },
  };
}

/** The store is closed, which says nothing about the key. */
const guardCodes: ReadonlySet<string> = new Set<ErrorCode>(['VAULT_LOCKED', 'VAULT_UNDECIDED', 'PASSPHRASE_WRONG']);

/** A store that silently returns other bytes would lose the key for ever, so it is asked back before anything is kept. */
async function sealProven(secrets: SecretStore, key: PrivateKeyMaterial): Promise<Uint8Array> {
  const sealed = await secrets.seal(Buffer.from(key.privatePem));
  await openSealed(secrets, sealed, key);
  return sealed;
}

async function openSealed(
  secrets: SecretStore,
  sealed: Uint8Array,
  expected: Pick<PublicKeyMaterial, 'fingerprint' | 'keyId'>,
): Promise<PrivateKeyMaterial> {
  let material: KeyMaterial;
  try {
    material = parseKey(Buffer.from(await secrets.open(sealed)).toString());
  } catch (error) {
    if (error instanceof AppError && guardCodes.has(error.code)) throw error;
    throw new AppError('KEY_SEALED_ELSEWHERE', { keyId: expected.keyId, store: secrets.kind }, { cause: error });
  }
  if (material.kind !== 'private' || material.key.fingerprint !== expected.fingerprint) {
    throw new AppError('KEY_SEALED_ELSEWHERE', { keyId: expected.keyId, store: secrets.kind });
  }
  return material.key;
}

function readBackup(plain: Buffer): z.output<typeof backupSchema> {
  try {
    return backupSchema.parse(JSON.parse(plain.toString()));
  } catch (error) {
    throw new AppError('SEAL_DAMAGED', {}, { cause: error });
  }
}

function unusedName(wanted: string, keys: KeyRepository): string {
  const base = NAME.test(wanted.trim()) ? wanted.trim().slice(0, 50) : 'restored';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!keys.get(name)) return name;
  }
}
