import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '#contract/errors.ts';
import { AppError } from '#core/app-error.ts';

import { failureOf, printFailure, RefusedBuild } from './failure.ts';
import { printable, table } from './format.ts';
import { createOutput } from './output.ts';
import { barText, createProgressBar } from './progress-bar.ts';
import { UsageError } from './usage-error.ts';

function streams() {
  return { stdout: new PassThrough(), stderr: new PassThrough() };
}

describe('output', () => {
  it('with --json has documents on stdout and nothing else', async () => {
    const to = streams();
    const output = createOutput(to, true, () => undefined);
    output.text('for people');
    output.json({ a: 1 });
    output.note('remark');
    await output.flush();
    to.stdout.end();
    to.stderr.end();
    expect(await text(to.stdout)).toBe('{"a":1}\n');
    expect(await text(to.stderr)).toBe('remark\n');
  });

  it('flushes what a slow reader has not taken yet', async () => {
    const taken: string[] = [];
    const stdout = new Writable({
      write(chunk, _, done) {
        setTimeout(() => {
          taken.push(String(chunk));
          done();
        }, 5);
      },
    });
    const output = createOutput({ stdout, stderr: new PassThrough() }, true, () => undefined);
    for (let n = 0; n < 5; n += 1) output.json(n);
    await output.flush();
    expect(taken.join('')).toBe('0\n1\n2\n3\n4\n');
  });

  it('stops quietly when the reader went away', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const onReaderGone = vi.fn<() => void>();
    const output = createOutput({ stdout, stderr: new PassThrough() }, true, onReaderGone);
    output.json(1);
    output.json(2);
    await output.flush();
    await expect.poll(() => onReaderGone.mock.calls.length).toBe(1);
    output.json(3);
    await output.flush();
    expect(onReaderGone).toHaveBeenCalledOnce();
  });

  it('that the disk did not take is a failure', async () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(full) });
    const output = createOutput({ stdout, stderr: new PassThrough() }, true, () => undefined);
    output.json(1);
    expect(await output.flush()).toBe(full);
  });
});

describe('failures', () => {
  it.each([
    [new UsageError('wrong', 'do this', { option: '--x' }), 2, 'USAGE'],
    [new AppError('APP_ID_INVALID', { appId: 'x' }), 2, 'APP_ID_INVALID'],
    [new ApiError({ code: 'VERSION_INVALID', params: { version: 'x' } }), 2, 'VERSION_INVALID'],
    [new ApiError({ code: 'APP_NOT_FOUND', params: { appId: 'x' } }), 1, 'APP_NOT_FOUND'],
    [new AppError('CANCELLED'), 1, 'CANCELLED'],
    [new TypeError('oops'), 1, 'INTERNAL'],
    ['oops', 1, 'INTERNAL'],
  ] as const)('of %s end with their exit code and sentences', (thrown, exitCode, code) => {
    const failure = failureOf(thrown);
    expect(failure).toMatchObject({ exitCode, error: { code } });
    expect(failure.error.message).not.toBe('');
    expect(failure.error.hint).not.toBe('');
  });

  it('carry the findings that explain them', () => {
    const finding = { code: 'INDEX_HTML_MISSING', severity: 'error', params: {} } as const;
    const failure = failureOf(new RefusedBuild({ code: 'BUILD_HAS_ERRORS', params: { count: 1 } }, [finding]));
    expect(failure.error.details).toMatchObject({
      count: 1,
      findings: [{ ...finding, message: 'There is no index.html at the root.' }],
    });
  });

  it('put a stack on stderr only, and only of what nobody foresaw', async () => {
    const to = streams();
    const output = createOutput(to, true, () => undefined);
    printFailure(output, failureOf(new TypeError('oops')));
    to.stdout.end();
    to.stderr.end();
    const said = await text(to.stderr);
    const document = JSON.parse(await text(to.stdout)) as { error: { details: { traceId: string } } };
    expect(JSON.stringify(document)).not.toContain('output.test');
    expect(said).toContain('TypeError: oops');
    expect(said).toContain(document.error.details.traceId);
    expect(failureOf(new AppError('CANCELLED'))).not.toHaveProperty('stack');
  });
});

describe('text for people', () => {
  it('is free of what would move the cursor', () => {
    expect(printable('a\u001B[31mb\u0007\nc\u202E')).toBe('a�[31mb��c�');
    expect(table(['A', 'B'], [['\u001B[2J', null]])).toBe('A     B\n�[2J  –');
  });
});

describe('the progress bar', () => {
  it('fits the terminal', () => {
    const state = { progress: 0.42, label: 'pack', done: 12e6, total: 30e6, unit: 'bytes' } as const;
    expect(barText(state, 200)).toBe('████████████░░░░░░░░░░░░░░░░  42 %  pack  11.4 MiB of 28.6 MiB');
    expect(barText(state, 20)).toHaveLength(19);
  });

  it('is not there on a pipe, nor for short work', () => {
    vi.useFakeTimers();
    try {
      const piped = new PassThrough();
      using _ = createProgressBar({ stderr: piped });
      const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
      const bar = createProgressBar({ stderr: terminal });
      bar.update({ progress: 0.1, label: 'pack' });
      vi.advanceTimersByTime(400);
      bar[Symbol.dispose]();
      vi.advanceTimersByTime(5000);
      expect(piped.readableLength + terminal.readableLength).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is drawn after half a second and gone at the end', () => {
    vi.useFakeTimers();
    try {
      const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
      const bar = createProgressBar({ stderr: terminal });
      bar.update({ progress: 1, label: 'pack' });
      vi.advanceTimersByTime(600);
      bar[Symbol.dispose]();
      const drawn = String(terminal.read());
      expect(drawn).toContain('100 %  pack');
      expect(drawn.endsWith('\r\u001B[2K')).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
