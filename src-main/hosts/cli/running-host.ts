import { AppError } from '#core/app-error.ts';
import { connectToRunningHost } from '#hosts/shared/connect-to-running-host.ts';

import type { CommandContext } from './context.ts';
import { sessionOver, type Session } from './session.ts';

/**
 * The running host of the data folder, for commands that can do without; makes and locks nothing.
 * A host of another version is none: such a command does its work itself.
 */
export async function findRunningHost({ dataDir }: Pick<CommandContext, 'dataDir'>): Promise<Session | null> {
  try {
    const transport = await connectToRunningHost(dataDir);
    return transport && sessionOver(transport);
  } catch (error) {
    if (error instanceof AppError && error.code === 'HOST_VERSION_DIFFERS') return null;
    throw error;
  }
}
