import type { DomainHandlers } from './domain-handlers.ts';

export const vaultHandlers: DomainHandlers<'vault'> = {
  status: (_, { core }) => core.vaultGuard.status(),
  unlock: ({ passphrase }, { core }) => core.vaultGuard.unlock(passphrase),
  lock: (_, { core }) => core.vaultGuard.lock(),
  protect: ({ passphrase }, { core }) => core.vaultGuard.protect(passphrase),
  unprotect: (_, { core }) => core.vaultGuard.unprotect(),
};
