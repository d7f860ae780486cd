import type { Readable } from 'node:stream';

import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { AppError } from '#core/app-error.ts';
import type { UploadService } from '#core/uploads/uploads.ts';

import { sendReply } from './reply-error.ts';

/** The part of the core that takes files in. */
export type UploadReceiver = {
  /** Stores one file of an open upload; reads `content` to its end or rejects, then the file is not there. */
  receive(uploadId: string, relativePath: string, content: Readable): Promise<unknown>;
  openResult: UploadService['openResult'];
};

const pathsSchema = z.array(z.string().min(1).max(4096)).max(20_000);

/** The list of paths of one request: 20,000 names of some hundred bytes. */
const MAX_PATHS_BYTES = 8 * 1024 * 1024;

const BROKEN_FORM = new AppError('BAD_INPUT', { reason: 'the form is not well-formed or broke off' });

/** Our pages send requests of some megabytes; a longer one that is refused is cut. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

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
  registerResultRoute(app, uploads);
  app.post<{ Params: { uploadId: string } }>('/api/uploads/:uploadId/files', async (request, reply) => {
    if (!request.isMultipart()) throw badInput('it is not multipart/form-data');
    return sendReply(reply, { ok: true, value: { received: await receiveAll(request, uploads) } });
  });
}

/**
 * `GET /api/uploads/:uploadId/result?name=…`: what was made of an upload, as a file to save. Only the browser that is
 * signed in reaches it, like everything under `/api`.
 */
function registerResultRoute(app: FastifyInstance, uploads: UploadReceiver): void {
  app.get<{ Params: { uploadId: string }; Querystring: { name?: unknown } }>(
    '/api/uploads/:uploadId/result',
    async (request, reply) => {
      const opened = await uploads.openResult(request.params.uploadId);
      const { name } = request.query;
      const fileName = encodeURIComponent(typeof name === 'string' ? name.slice(0, 200) : 'result');
      const content = opened.handle.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 });
      content.once('close', () => void dispose(opened));
      return reply
        .header('content-type', 'application/octet-stream')
        .header('content-length', opened.sizeBytes)
        .header('content-disposition', `attachment; filename*=UTF-8''${fileName}`)
        .header('cache-control', 'no-store')
        .send(content);
    },
  );
}

async function dispose(opened: AsyncDisposable): Promise<void> {
  try {
    await opened[Symbol.asyncDispose]();
  } catch {
    // The file was only read.
  }
}

async function receiveAll(
  request: FastifyRequest<{ Params: { uploadId: string } }>,
  uploads: UploadReceiver,
): Promise<number> {
  let paths: readonly string[] | undefined;
  let refusal: unknown;
  let drainedBytes = 0;
  const seen = new Set<number>();
  try {
    for await (const part of request.parts()) {
      if (refusal !== undefined) {
        // An answer before the end of the request reaches no browser, only a reset does: the rest is read and dropped.
        if (part.type === 'file') drainedBytes += await drain(part.file);
        if (drainedBytes > MAX_DRAINED_BYTES) break;
        continue;
      }
      try {
        if (part.type === 'field') paths = parsePaths(part.fieldname, part.value);
        else await uploads.receive(request.params.uploadId, pathOf(part.fieldname, paths, seen), part.file);
      } catch (error) {
        const isBroken = part.type === 'file' && part.file.errored !== null && !(error instanceof AppError);
        refusal = isBroken ? BROKEN_FORM : (error ?? new Error('receiving failed'));
        if (part.type === 'file') drainedBytes += await drain(part.file);
      }
    }
  } catch (error) {
    // The parser's own words for a body that breaks off or is no multipart; the first refusal explains more.
    refusal ??= isOversize(error) ? error : BROKEN_FORM;
  }
  if (refusal !== undefined) throw refusal;
  if (!paths) throw badInput('the field "paths" is missing');
  if (seen.size !== paths.length) throw badInput(`${paths.length} paths came with ${seen.size} files`);
  return seen.size;
}

function pathOf(partName: string, paths: readonly string[] | undefined, seen: Set<number>): string {
  const index = /^\d{1,6}$/.test(partName) ? Number(partName) : -1;
  const path = paths?.[index];
  if (path === undefined || seen.has(index)) throw badInput(`the part "${partName}" has no path of its own`);
  seen.add(index);
  return path;
}

/** Bytes that were read and dropped. */
async function drain(content: Readable): Promise<number> {
  if (content.destroyed) return 0;
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) break;
  }
  return bytes;
}

/** A limit of the parser was hit: Fastify's error with its own status. */
function isOversize(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 413;
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
