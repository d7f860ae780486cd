import { describe, expect, it } from 'vitest';

import type { SecretStore } from '#core/ports.ts';

import { createKeychainSecretStore, type SafeStorage } from './keychain-secret-store.ts';

describe('createKeychainSecretStore', () => {
  const file: SecretStore = {
    kind: 'file',
    seal: (plain) => Promise.resolve(Buffer.concat([Buffer.of(1), plain])),
    open: (sealed) => Promise.resolve(sealed.subarray(1)),
  };
  const safeStorage = (backend: string, isAvailable: boolean): SafeStorage => ({
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: () => (isAvailable ? Promise.resolve(true) : Promise.reject(new Error('locked'))),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text.split('').toReversed().join(''))),
    decryptStringAsync: (sealed: Buffer) =>
      Promise.resolve({ result: sealed.toString().split('').toReversed().join('') }),
  });

  it('seals with the keychain and opens what it sealed, any bytes', async () => {
    const store = await createKeychainSecretStore({
      safeStorage: safeStorage('kwallet6', true),
      platform: 'linux',
      fallback: file,
    });
    const secret = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(store.kind).toBe('keychain');
    expect(new Uint8Array(await store.open(await store.seal(secret)))).toEqual(secret);
  });

  it('opens what a host without a keychain has sealed', async () => {
    const store = await createKeychainSecretStore({
      safeStorage: safeStorage('', true),
      platform: 'darwin',
      fallback: file,
    });
    expect(Buffer.from(await store.open(await file.seal(Buffer.from('old')))).toString()).toBe('old');
  });

  it.each([
    ['basic_text', 'linux', true],
    ['unknown', 'linux', true],
    ['gnome_libsecret', 'linux', false],
    ['', 'win32', false],
  ] as const)(
    'takes %s on %s (available: %s) for no keychain, and says so by its kind',
    async (backend, platform, is) => {
      const store = await createKeychainSecretStore({
        safeStorage: safeStorage(backend, is),
        platform,
        fallback: file,
      });
      expect(store.kind).toBe('file');
    },
  );
});
