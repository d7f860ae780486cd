import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AppError } from '../app-error.ts';
import { silentLogger } from '../ports.ts';
import { uploadFilePath } from './upload-path.ts';
import { createUploads, type UploadService } from './uploads.ts';

let dir: string;
let uploads: UploadService;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-uploads-'));
  uploads = createUploads({ stagingDir: dir, logger: silentLogger });
});
afterEach(async () => {
  await uploads[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'no error';
}

const send = (uploadId: string, path: string, content = 'x') =>
  uploads.receive(uploadId, path, Readable.from([Buffer.from(content)]));

async function filesOnDisk(): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('an upload', () => {
  it('becomes a folder with the files that were sent', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 2, bytes: 2 });
    expect(await send(uploadId, 'index.html', '<p>')).toEqual({ bytes: 3 });
    await send(uploadId, 'assets/é/x.js', 'code');
    expect(uploads.complete(uploadId)).toEqual({ files: 2, bytes: 7 });
    using build = uploads.use(uploadId);
    expect(build.name).toBe('dist');
    expect(await readFile(join(build.path, 'assets/é/x.js'), 'utf8')).toBe('code');
  });

  it('is the zip itself when a single zip was sent', async () => {
    const { uploadId } = await uploads.create({ name: 'build.ZIP', files: 1, bytes: 1 });
    await send(uploadId, 'build.ZIP', 'PK');
    using build = uploads.use(uploadId);
    expect(await readFile(build.path, 'utf8')).toBe('PK');
  });

  it('is incomplete until every declared file arrived', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 2, bytes: 2 });
    await send(uploadId, 'index.html');
    expect(() => uploads.complete(uploadId)).toThrow(
      expect.objectContaining({ code: 'UPLOAD_INCOMPLETE', params: { received: 1, expected: 2 } }) as Error,
    );
    expect(() => uploads.use(uploadId)).toThrow('UPLOAD_INCOMPLETE');
  });

  it('takes a file that is sent again, and no more files than it declared', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 1, bytes: 2 });
    await send(uploadId, 'index.html', 'old and long');
    await send(uploadId, 'index.html', 'new');
    expect(await codeOf(() => send(uploadId, 'more.html'))).toBe('BAD_INPUT');
    expect(uploads.complete(uploadId)).toEqual({ files: 1, bytes: 3 });
    expect(await codeOf(() => send(uploadId, 'index.html'))).toBe('BAD_INPUT');
  });

  it('keeps nothing of a file whose sending broke off, which can then be sent again', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 1, bytes: 2 });
    const broken = new Readable({ read() {} });
    broken.push('half');
    const receiving = codeOf(() => uploads.receive(uploadId, 'index.html', broken));
    await expect.poll(filesOnDisk).toEqual(['index.html']);
    broken.destroy(new Error('gone'));
    expect(await receiving).toBe('Error: gone');
    expect(await filesOnDisk()).toEqual([]);
    expect(() => uploads.complete(uploadId)).toThrow('UPLOAD_INCOMPLETE');
    await send(uploadId, 'index.html', 'whole');
    expect(uploads.complete(uploadId).bytes).toBe(5);
  });

  it('survives a browser that goes away before the first byte', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 1, bytes: 2 });
    const gone = new Readable({ read() {} });
    const receiving = uploads.receive(uploadId, 'deep/er/index.html', gone);
    gone.destroy(new Error('gone'));
    await expect(receiving).rejects.toThrow(/./);
    expect(await filesOnDisk()).toEqual([]);
    const refused = new Readable({ read() {} });
    await expect(uploads.receive(uploadId, '../x', refused)).rejects.toThrow('UPLOAD_PATH_INVALID');
    refused.destroy(new Error('gone'));
  });

  it.each([
    ['has only been announced', () => undefined],
    ['is coming in', () => expect.poll(filesOnDisk).toEqual(['index.html'])],
  ])('is gone after it was discarded, also while a file %s', async (_, wait) => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 1, bytes: 2 });
    const endless = new Readable({ read() {} });
    endless.push('half');
    const receiving = codeOf(() => uploads.receive(uploadId, 'deep/er/index.html', endless));
    await wait();
    await uploads.discard(uploadId);
    expect(await receiving).toBe('UPLOAD_NOT_FOUND');
    await uploads.discard(uploadId);
    expect(await codeOf(() => send(uploadId, 'index.html'))).toBe('UPLOAD_NOT_FOUND');
    expect(() => uploads.use(uploadId)).toThrow('UPLOAD_NOT_FOUND');
    expect(await readdir(join(dir, 'uploads'))).toEqual([]);
  });

  it('stays whole for a publish that reads it, though the sheet it came from was closed', async () => {
    const { uploadId } = await uploads.create({ name: 'dist', files: 1, bytes: 2 });
    await send(uploadId, 'index.html', '<p>');
    uploads.complete(uploadId);
    const build = uploads.use(uploadId);
    await uploads.discard(uploadId);
    expect(await readFile(join(build.path, 'index.html'), 'utf8')).toBe('<p>');
    expect(() => uploads.use(uploadId)).toThrow('UPLOAD_NOT_FOUND');
    build[Symbol.dispose]();
    build[Symbol.dispose]();
    await expect.poll(() => readdir(join(dir, 'uploads'))).toEqual([]);
  });

  it('is refused above the limit, by its declaration and by what really comes', async () => {
    const small = createUploads({ stagingDir: dir, logger: silentLogger, maximumBytes: 10 });
    expect(await codeOf(() => small.create({ name: 'x', files: 1, bytes: 11 }))).toBe('BUILD_TOO_LARGE');
    const { uploadId } = await small.create({ name: 'x', files: 3, bytes: 1 });
    await small.receive(uploadId, 'a', Readable.from([Buffer.alloc(6)]));
    expect(await codeOf(() => small.receive(uploadId, 'b', Readable.from([Buffer.alloc(6)])))).toBe('BUILD_TOO_LARGE');
    expect(await filesOnDisk()).toEqual(['a']);
    expect(await codeOf(() => small.receive(uploadId, 'c', Readable.from([Buffer.alloc(4)])))).toBe('no error');
    await small[Symbol.asyncDispose]();
  });

  it('is dropped when it is left alone, but not while a build is made of it', async () => {
    vi.useFakeTimers();
    try {
      const hasty = createUploads({ stagingDir: dir, logger: silentLogger, idleMs: 40 });
      const { uploadId } = await hasty.create({ name: 'x', files: 0, bytes: 0 });
      {
        using build = hasty.use(uploadId);
        expect(build.name).toBe('x');
        vi.advanceTimersByTime(120);
        expect(hasty.complete(uploadId)).toEqual({ files: 0, bytes: 0 });
      }
      vi.advanceTimersByTime(39);
      expect(hasty.complete(uploadId)).toEqual({ files: 0, bytes: 0 });
      vi.advanceTimersByTime(40);
      expect(() => hasty.complete(uploadId)).toThrow('UPLOAD_NOT_FOUND');
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(() => readdir(join(dir, 'uploads'))).toEqual([]);
  });
});

describe('a file name of an upload', () => {
  it.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    '',
    '.',
    '..',
    'a//b',
    'a/',
    'a/./b',
    'a\0b',
    'x'.repeat(256),
    `${'a/'.repeat(600)}b`,
  ])('is refused: %j', async (path) => {
    const { uploadId } = await uploads.create({ name: 'x', files: 1, bytes: 0 });
    expect(await codeOf(() => send(uploadId, path))).toBe('UPLOAD_PATH_INVALID');
    expect(await filesOnDisk()).toEqual([]);
  });

  it('is refused when it is a folder of another file, and that other file stays', async () => {
    const { uploadId } = await uploads.create({ name: 'x', files: 3, bytes: 0 });
    await send(uploadId, 'a', 'kept');
    expect(await codeOf(() => send(uploadId, 'a/b'))).toBe('UPLOAD_PATH_INVALID');
    await send(uploadId, 'c/d');
    expect(await codeOf(() => send(uploadId, 'c'))).toBe('UPLOAD_PATH_INVALID');
    expect((await filesOnDisk()).toSorted()).toEqual(['a', 'd']);
  });

  it.skipIf(process.platform === 'win32')('keeps a backslash, so that the check can tell about it', async () => {
    const { uploadId } = await uploads.create({ name: 'x', files: 1, bytes: 0 });
    await send(uploadId, 'a\\b');
    expect(await filesOnDisk()).toEqual(['a\\b']);
  });

  it('never leads out of the folder, whatever it is', async () => {
    await writeFile(join(dir, 'outside'), '');
    const name = fc.oneof(fc.string(), fc.constantFrom('..', '.', '/', '\\', '../', 'C:', '\0', 'a', '//'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), fc.constantFrom('/', '\\', ''), (names, separator) => {
        const root = join(dir, 'files');
        const outcome = (() => {
          try {
            return uploadFilePath(root, names.join(separator)).startsWith(root + sep);
          } catch (error) {
            return (error as AppError).code;
          }
        })();
        expect([true, 'UPLOAD_PATH_INVALID']).toContain(outcome);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['a\\..\\b', 'C:x', 'a:b', 'x.', 'y ', 'a/..\\b'])('is refused on Windows: %j', (path) => {
    expect(() => uploadFilePath('root', path, 'win32')).toThrow('UPLOAD_PATH_INVALID');
  });
});
