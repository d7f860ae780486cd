import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createResumeGuard } from './resume-guard.ts';

const content = { contentSha256: 'cc', isBrotli: true };
const first = { ...content, sha256: 'aa' };
const second = { ...content, sha256: 'bb' };
const guard = (hasOthers = true, paths = 1) => createResumeGuard(() => ({ hasOthers, paths }));

describe('a Range for a body of a manifest (protocol/clients.md §6.4)', () => {
  it('is honoured where the content has one body only, also after a restart of this program', () => {
    expect(guard(false).ask({ device: 'd', body: first, hasRange: true }).mayResume).toBe(true);
  });

  it('is honoured for the body that the device got last, and for no other of that content', () => {
    const one = guard();
    one.ask({ device: 'd', body: first, hasRange: false });
    expect(one.ask({ device: 'd', body: first, hasRange: true }).mayResume).toBe(true);
    expect(one.ask({ device: 'd', body: second, hasRange: true }).mayResume).toBe(false);
    // That was sent whole but broke off, maybe before the device had its first byte.
    expect(one.ask({ device: 'd', body: second, hasRange: true }).mayResume).toBe(false);
    one.ask({ device: 'd', body: second, hasRange: true }).sentWhole();
    expect(one.ask({ device: 'd', body: second, hasRange: true }).mayResume).toBe(true);
    expect(one.ask({ device: 'd', body: first, hasRange: true }).mayResume).toBe(false);
  });

  it('is not honoured from a device of which nothing is known', () => {
    const one = guard();
    one.ask({ device: 'd', body: first, hasRange: false });
    expect(one.ask({ device: 'e', body: first, hasRange: true }).mayResume).toBe(false);
    const other = { ...first, contentSha256: 'dd' };
    expect(one.ask({ device: 'd', body: other, hasRange: true }).mayResume).toBe(false);
  });

  it('from a device that is not named is honoured where nothing can go wrong', () => {
    const one = guard();
    one.ask({ device: null, body: first, hasRange: false });
    expect(one.ask({ device: null, body: first, hasRange: true }).mayResume).toBe(false);
    expect(guard(false).ask({ device: null, body: first, hasRange: true }).mayResume).toBe(true);
  });

  it('is not honoured for the body of a release that is gone', () => {
    const one = guard(false);
    one.ask({ device: 'd', body: first, hasRange: false });
    expect(one.ask({ device: 'd', body: second, hasRange: true }).mayResume).toBe(false);
  });

  it('is not honoured where two files share the body', () => {
    const one = guard(true, 2);
    one.ask({ device: 'd', body: first, hasRange: false });
    expect(one.ask({ device: 'd', body: first, hasRange: true }).mayResume).toBe(false);
  });

  it('never makes a device join two bodies, whatever breaks off when, and however often this program starts again', () => {
    const step = fc.record({
      body: fc.constantFrom(first, second),
      // Bytes that arrive of ten: none means that not even the head of the answer did.
      arrives: fc.integer({ min: -1, max: 10 }),
      restarts: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let one = guard();
        let part: string[] = [];
        for (const { body, arrives, restarts } of steps) {
          if (restarts) one = guard();
          const answer = one.ask({ device: 'd', body, hasRange: part.length > 0 });
          if (arrives < 0) continue;
          const start = answer.mayResume ? part.length : 0;
          part = [...part.slice(0, start), ...Array.from({ length: Math.min(arrives, 10 - start) }, () => body.sha256)];
          expect(new Set(part).size).toBeLessThan(2);
          if (part.length < 10) continue;
          if (!answer.mayResume) answer.sentWhole();
          part = [];
        }
      }),
    );
  });
});
