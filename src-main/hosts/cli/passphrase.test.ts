import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { ask } from './passphrase.ts';

function terminal() {
  return { input: new PassThrough(), stderr: new PassThrough(), stop: new AbortController() };
}

function asked({ input, stderr, stop }: ReturnType<typeof terminal>): Promise<string> {
  return ask('Passphrase: ', { input, stderr, signal: stop.signal });
}

describe('the question for a passphrase', () => {
  it('shows nothing of what is typed', async () => {
    const on = terminal();
    const answer = asked(on);
    on.input.write('correct horse\r');
    expect(await answer).toBe('correct horse');
    expect(String(on.stderr.read())).toBe('Passphrase: \n');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C after some letters', 'abc\u0003'],
  ])('is called off by %s', async (_, keys) => {
    const on = terminal();
    const answer = asked(on);
    on.input.write(keys);
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is called off by SIGTERM, and by a terminal that goes away', async () => {
    const stopped = terminal();
    const first = asked(stopped);
    stopped.stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });

    const closed = terminal();
    const second = asked(closed);
    closed.input.end();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
