import type { FaultName } from '#contract/models/virtual-device.ts';
import { does } from '#contract/texts/simulation-texts.ts';

import type { DeviceTime } from './device-time.ts';
import type { Exchange, OutgoingRequest, Transport } from './transport.ts';
import { Trouble } from './trouble.ts';

/** How long a file takes on a slow link: longer than the 25 s that iOS gives a whole transfer (clients.md §2.2). */
const SLOW_MS = 40_000;
const DEFAULT_DROP_PERCENT = 50;
const RETRY_AFTER_S = 30;

export type Fault = { readonly name: FaultName; /** Of `drop`. */ readonly percent?: number | undefined };

/** What goes wrong beside the network; see `FaultName`. */
export type Mishaps = {
  readonly hasWrongChecksum: boolean;
  readonly hasWrongKey: boolean;
  readonly hasCorruptZip: boolean;
  readonly isNeverReady: boolean;
};

export function mishapsOf(fault: Fault | null): Mishaps {
  return {
    hasWrongChecksum: fault?.name === 'wrong-checksum',
    hasWrongKey: fault?.name === 'wrong-key',
    hasCorruptZip: fault?.name === 'corrupt-zip',
    isNeverReady: fault?.name === 'never-ready',
  };
}

/** The network with a fault in it. Works against any server: whatever it answers, this is what arrives. */
export function withFault(transport: Transport, fault: Fault | null, time: DeviceTime): Transport {
  let hasDropped = false;
  const isFile = ({ purpose }: OutgoingRequest): boolean => purpose === 'zip' || purpose === 'file';

  async function exchange(request: OutgoingRequest): Promise<Exchange> {
    switch (fault?.name) {
      case 'http-500':
        if (request.purpose === 'check') return answer(500, '<html><h1>Internal Server Error</h1></html>');
        break;
      case 'rate-limited':
        if (request.purpose === 'check') {
          const body = { error: 'too_many_requests', message: 'Too many requests' };
          return answer(429, JSON.stringify(body), { 'retry-after': String(RETRY_AFTER_S) });
        }
        break;
      case 'unreachable':
        if (request.purpose === 'check') throw new Error('ECONNREFUSED');
        break;
      case 'file-404':
        if (isFile(request)) return answer(404, '');
        break;
      case 'file-500':
        if (isFile(request)) return answer(500, '');
        break;
      case 'slow-link':
        if (isFile(request)) return slowed(await transport.exchange(request), request, time);
        break;
      case 'drop':
        if (isFile(request) && !hasDropped) {
          hasDropped = true;
          return dropped(await transport.exchange(request), fault.percent ?? DEFAULT_DROP_PERCENT);
        }
        break;
      default:
    }
    return transport.exchange(request);
  }

  return { exchange, [Symbol.dispose]: () => transport[Symbol.dispose]() };
}

function answer(status: number, text: string, headers: Exchange['headers'] = {}): Exchange {
  const body = Buffer.from(text);
  return {
    status,
    headers: { 'content-length': String(body.length), ...headers },
    body: pieces(body.length > 0 ? [body] : []),
    isInjected: true,
  };
}

// oxlint-disable-next-line require-await -- an asynchronous list of what is there already
async function* pieces(list: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* list;
}

function slowed(reply: Exchange, request: OutgoingRequest, time: DeviceTime): Exchange {
  async function* body(): AsyncGenerator<Buffer> {
    const total = Number(reply.headers['content-length']) || 1;
    for await (const chunk of reply.body) {
      request.skip(await time.pass(SLOW_MS * Math.min(1, chunk.length / total)));
      yield chunk;
    }
  }
  return { ...reply, body: body() };
}

function dropped(reply: Exchange, percent: number): Exchange {
  async function* body(): AsyncGenerator<Buffer> {
    const total = Number(reply.headers['content-length']) || 0;
    let left = Math.floor((total * percent) / 100);
    for await (const chunk of reply.body) {
      const piece = chunk.subarray(0, left);
      left -= piece.length;
      if (piece.length > 0) yield piece;
      if (piece.length < chunk.length || left === 0) throw new Trouble(does('BROKE_OFF_AT', { percent }));
    }
  }
  return { ...reply, body: body() };
}
