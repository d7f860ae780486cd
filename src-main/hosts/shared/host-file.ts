import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { serverStatusSchema } from '#contract/models/server.ts';

const hostFileSchema = z.object({
  pid: z.number().int(),
  kind: serverStatusSchema.shape.hostKind,
  version: z.string().min(1).max(100),
  /** Path of the unix socket, or name of the pipe. */
  socket: z.string().min(1).max(4096),
  /** Bearer secret of the socket. */
  secret: z.string().min(20).max(200),
});

/** How a command finds the host that has the data folder open. */
export type HostFile = Readonly<z.infer<typeof hostFileSchema>>;

const FILE_NAME = 'host.json';

/** Null when there is none, or none that can be understood. */
export async function readHostFile(dataDir: string): Promise<HostFile | null> {
  try {
    const parsed = hostFileSchema.safeParse(JSON.parse(await readFile(join(dataDir, FILE_NAME), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Written whole or not at all, readable by the user alone: it holds the secret. */
export async function writeHostFile(dataDir: string, content: HostFile): Promise<void> {
  const temporary = join(dataDir, `${FILE_NAME}.${randomBytes(6).toString('hex')}`);
  try {
    {
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(`${JSON.stringify(content)}\n`);
    }
    await rename(temporary, join(dataDir, FILE_NAME));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function removeHostFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE_NAME), { force: true });
}
