import type { ErrorCode } from '#contract/errors.ts';
import { AppError } from '#core/app-error.ts';
import { connectToRunningHost } from '#hosts/shared/connect-to-running-host.ts';

import type { CommandContext } from './context.ts';
import { sessionOver, type Session } from './session.ts';

/**
 * The running host of the data folder, for commands that can do without; makes and locks nothing.
 * A host of another version is none: such a command does its work itself. A user without a home folder has none either.
 */
export async function findRunningHost(context: Pick<CommandContext, 'dataDir'>): Promise<Session | null> {
  try {
    const transport = await connectToRunningHost(context.dataDir);
    return transport && sessionOver(transport);
  } catch (error) {
    if (error instanceof AppError && DOES_WITHOUT.has(error.code)) return null;
    throw error;
  }
}

const DOES_WITHOUT: ReadonlySet<ErrorCode> = new Set(['HOST_VERSION_DIFFERS', 'DATA_FOLDER_UNUSABLE']);
