import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AppError } from '../app-error.ts';
import { silentLogger } from '../ports.ts';
import { createUploads, type UploadService } from '../uploads/uploads.ts';
import { locateBuild } from './build-source.ts';

let dir: string;
let uploads: UploadService;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-source-'));
  uploads = createUploads({ stagingDir: dir, logger: silentLogger });
});
afterEach(async () => {
  await uploads[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function uploaded(name: string, path: string) {
  const { uploadId } = await uploads.create({ name, files: 1, bytes: 1 });
  await uploads.receive(uploadId, path, Readable.from([Buffer.from('x')]));
  uploads.complete(uploadId);
  return locateBuild({ kind: 'upload', uploadId }, uploads);
}

describe('what fails in an upload', () => {
  it.each([
    ['a zip', 'broken.zip', 'broken.zip', '', 'broken.zip'],
    ['a folder', 'dist', 'index.html', '', 'dist'],
    ['a file of a folder', 'dist', 'js/a.js', 'js/a.js', 'js/a.js'],
  ])('is told by the name that the person gave: %s', async (_, name, sent, within, told) => {
    using build = await uploaded(name, sent);
    const path = within === '' ? build.path : join(build.path, within);
    const error = new AppError('SOURCE_UNREADABLE', { path, reason: 'EACCES' });
    expect(build.told(error)).toMatchObject({ code: 'SOURCE_UNREADABLE', params: { path: told, reason: 'EACCES' } });
  });

  it('stays as it is where it is no failure of ours, or a folder of this machine', async () => {
    using build = await uploaded('dist', 'index.html');
    const unknown = new Error('x');
    expect(build.told(unknown)).toBe(unknown);
    const error = new AppError('SOURCE_NOT_FOUND', { path: dir });
    using local = locateBuild({ kind: 'path', path: dir }, uploads);
    expect(local.told(error)).toBe(error);
  });
});
