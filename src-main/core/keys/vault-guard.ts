import type { VaultStatus } from '#contract/models/key.ts';

import { AppError } from '../app-error.ts';
import type { EventHub } from '../event-hub.ts';
import type { SecretProtection, SecretStore } from '../ports.ts';

/** How the private parts are guarded on this machine, and how to change that. */
export type VaultGuard = {
  status(): Promise<VaultStatus>;
  unlock(passphrase: string): Promise<VaultStatus>;
  lock(): Promise<VaultStatus>;
  protect(passphrase: string): Promise<VaultStatus>;
  unprotect(): Promise<VaultStatus>;
};

export function createVaultGuard({
  secrets,
  events,
}: {
  readonly secrets: SecretStore;
  readonly events: EventHub;
}): VaultGuard {
  function guard(): SecretProtection {
    if (!secrets.protection) throw new AppError('NOT_AVAILABLE_HERE', { what: 'passphrase' });
    return secrets.protection;
  }
  async function changed(change: Promise<void>): Promise<VaultStatus> {
    await change;
    events.emit('key.changed', {});
    return guard().status();
  }
  return {
    status: async () => secrets.protection?.status() ?? { kind: 'file', backend: null, isLocked: false },
    unlock: async (passphrase) => changed(guard().unlock(passphrase)),
    lock: async () => changed(guard().lock()),
    protect: async (passphrase) => changed(guard().protect(passphrase)),
    unprotect: async () => changed(guard().unprotect()),
  };
}
