import { describe, expect, it } from 'vitest';

import { AppError, asStorageError, reasonOf } from './app-error.ts';

/** As SQLite reports: one `code` for everything, the real one in `errcode`. */
function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

describe('asStorageError', () => {
  it.each([
    Object.assign(new Error('write'), { code: 'ENOSPC' }),
    Object.assign(new Error('write'), { code: 'EDQUOT' }),
    sqliteError(13, 'database or disk is full'),
    // No room for the shared memory of the log: what a database says that is opened on a full disk.
    sqliteError(4874, 'disk I/O error'),
  ])('knows a full disk by %o', (error) => {
    expect(asStorageError(error)).toMatchObject({ code: 'DISK_FULL', cause: error });
  });

  it.each([
    new AppError('CANCELLED'),
    sqliteError(11, 'database disk image is malformed'),
    Object.assign(new Error('13'), { errcode: 13 }),
    'disk full',
    undefined,
  ])('leaves %o as it is', (error) => {
    expect(asStorageError(error)).toBe(error);
  });
});

describe('reasonOf', () => {
  it('says what SQLite said, which has one code for everything', () => {
    expect(reasonOf(sqliteError(26, 'file is not a database'))).toBe('file is not a database');
  });

  it('is the code of the system, or the message without paths', () => {
    expect(reasonOf(Object.assign(new Error('EACCES: /home/somebody'), { code: 'EACCES' }))).toBe('EACCES');
    expect(reasonOf(new Error("cannot open '/home/somebody/file'"))).toBe('cannot open …');
    expect(reasonOf(new Error('It is cut. It is no zip.'))).toBe('It is cut. It is no zip');
    expect(reasonOf(7)).toBe('unknown');
  });
});
