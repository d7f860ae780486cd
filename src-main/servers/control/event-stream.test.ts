import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createEventHub } from '#core/event-hub.ts';
import { silentLogger } from '#core/ports.ts';

import { createEventStreams } from './event-stream.ts';

/** A response by shape, whose reader takes nothing while `writableLength` is high. */
class FakeResponse extends EventEmitter {
  writableLength = 0;
  destroyed = false;
  ended = false;
  readonly written: string[] = [];

  writeHead(): this {
    return this;
  }

  write(text: string): boolean {
    this.written.push(text);
    return true;
  }

  end(): this {
    this.ended = true;
    return this;
  }

  destroy(): this {
    this.destroyed = true;
    this.emit('close');
    return this;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const events = createEventHub(silentLogger);
  const streams = createEventStreams((listener) => events.subscribe(listener));
  const response = new FakeResponse();
  streams.open(response as unknown as ServerResponse, {});
  return { events, streams, response };
}

describe('event streams', () => {
  it('beat while nothing happens', () => {
    const { response } = open();
    vi.advanceTimersByTime(31_000);
    expect(response.written).toEqual([': open\n\n', ': still here\n\n', ': still here\n\n']);
  });

  it('cut a reader that is far behind, and forget it', () => {
    const { events, streams, response } = open();
    response.writableLength = 9 * 1024 * 1024;
    events.emit('app.changed', { appId: 'a.b' });
    expect(response.destroyed).toBe(true);
    expect(streams.count).toBe(0);
    expect(events.listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end for all readers when disposed, with no timer left', () => {
    const { events, streams, response } = open();
    streams[Symbol.dispose]();
    expect(response.ended).toBe(true);
    expect(events.listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
