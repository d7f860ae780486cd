import type { DomainHandlers } from './domain-handlers.ts';

export const keyHandlers: DomainHandlers<'keys'> = {
  list: (_, { core }) => core.keys.list(),
  get: ({ name }, { core }) => core.keys.get(name),
  projects: (_, { core }) => core.keys.projects(),
  create: ({ name }, { core }) => core.keys.create(name),
  import: ({ name, source }, { core }) => core.keys.import(name, source),
  rename: ({ name, newName }, { core }) => core.keys.rename(name, newName),
  delete: ({ name, force }, { core }) => core.keys.delete(name, force),
  retire: ({ name, isRetired }, { core }) => core.keys.retire(name, isRetired),
  exportPrivate: ({ name, out }, { core }) => core.keys.exportPrivate(name, out),
  backup: ({ out, passphrase }, { core }) => core.keys.backup(out, passphrase),
  restore: ({ path, passphrase }, { core }) => core.keys.restore(path, passphrase),
  encrypt: (input, { core }) => ({ jobId: core.keys.encrypt(input) }),
  decrypt: (input, { core }) => ({ jobId: core.keys.decrypt(input) }),
};
