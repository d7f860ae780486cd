import { networkInterfaces } from 'node:os';

import type { Network } from '#core/ports.ts';

/** The adapters of this machine, asked anew each time: they come and go. */
export const nodeNetwork: Network = { interfaces: () => networkInterfaces() };
