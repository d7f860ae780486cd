import type { Readable } from 'node:stream';

import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { AppError } from '#core/app-error.ts';

import { sendReply } from './reply-error.ts';

/** The part of the core that takes files in. */
export type UploadReceiver = {
  /** Stores one file of an open upload; reads `content` to its end or rejects, then the file is not there. */
  receive(uploadId: string, relativePath: string, content: Readable): Promise<unknown>;
};

const pathsSchema = z.array(z.string().min(1).max(4096)).max(20_000);

/** The list of paths of one request: 20,000 names of some hundred bytes. */
const MAX_PATHS_BYTES = 8 * 1024 * 1024;

/**
 * `POST /api/uploads/:uploadId/files`: files of a folder that was dropped on a browser. First the field `paths`, a
 * JSON array of paths relative to that folder; then the files, each part named by its index in the array, because a
 * part's own file name loses its folders on the way. Answers a `Reply` of `{received}`.
 */
export async function registerUploadRoutes(app: FastifyInstance, uploads: UploadReceiver): Promise<void> {
  await app.register(multipart, {
    limits: {
      fieldNameSize: 100,
      fieldSize: MAX_PATHS_BYTES,
      fields: 1,
      // How much an upload may hold in all is the core's to say; a request is read as it comes, nothing is gathered.
      fileSize: Number.MAX_SAFE_INTEGER,
      files: 20_000,
      parts: 20_001,
    },
  });
  app.post<{ Params: { uploadId: string } }>('/api/uploads/:uploadId/files', async (request, reply) => {
    if (!request.isMultipart()) throw badInput('it is not multipart/form-data');
    return sendReply(reply, { ok: true, value: { received: await receiveAll(request, uploads) } });
  });
}

async function receiveAll(
  request: FastifyRequest<{ Params: { uploadId: string } }>,
  uploads: UploadReceiver,
): Promise<number> {
  let paths: readonly string[] | undefined;
  const seen = new Set<number>();
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      paths = parsePaths(part.fieldname, part.value);
      continue;
    }
    const index = /^\d{1,6}$/.test(part.fieldname) ? Number(part.fieldname) : -1;
    const path = paths?.[index];
    if (path === undefined || seen.has(index)) throw badInput(`the part "${part.fieldname}" has no path of its own`);
    seen.add(index);
    await uploads.receive(request.params.uploadId, path, part.file);
  }
  if (!paths) throw badInput('the field "paths" is missing');
  if (seen.size !== paths.length) throw badInput(`${paths.length} paths came with ${seen.size} files`);
  return seen.size;
}

function parsePaths(fieldName: string, value: unknown): readonly string[] {
  if (fieldName !== 'paths' || typeof value !== 'string') throw badInput(`the field "${fieldName}" is unknown`);
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw badInput('"paths" is not JSON');
  }
  const parsed = pathsSchema.safeParse(json);
  if (!parsed.success) throw badInput('"paths" is not an array of file names');
  return parsed.data;
}

function badInput(reason: string): AppError {
  return new AppError('BAD_INPUT', { reason });
}
