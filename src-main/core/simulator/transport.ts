import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';

import { does } from '#contract/texts/simulation-texts.ts';

import { VIRTUAL_HEADER } from '../devices/downloads.ts';
import { Trouble } from './trouble.ts';

/** What a request is for: faults choose by it. */
export type Purpose = 'check' | 'stats' | 'channel' | 'zip' | 'file';

export type OutgoingRequest = {
  readonly purpose: Purpose;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Silence after which the client gives up. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Tells of time of the device that did not really pass. */
  readonly skip: (ms: number) => void;
};

export type Exchange = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Buffer>;
  /** Made up by a fault. */
  readonly isInjected: boolean;
};

/** How requests leave a virtual device. Rejects when there is no answer; redirects are an answer. */
export type Transport = Disposable & { exchange(request: OutgoingRequest): Promise<Exchange> };

/** Real HTTP, with connections that stay open between requests as the clients' own do. */
export function createHttpTransport(): Transport {
  const options = { keepAlive: true, maxSockets: 128 };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  return {
    async exchange({ method, url, headers, body, silenceMs, signal }) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`${url.protocol} is no http`);
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const outgoing = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method,
          agent: agents[url.protocol],
          timeout: silenceMs,
          signal,
          headers: {
            ...headers,
            [VIRTUAL_HEADER]: '1',
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
          },
        },
        resolve,
      );
      outgoing.on('timeout', () => outgoing.destroy(new Trouble(does('NO_ANSWER_IN_TIME'))));
      outgoing.on('error', reject);
      outgoing.end(body);
      const response = await promise;
      return { status: response.statusCode ?? 0, headers: response.headers, body: response, isInjected: false };
    },
    [Symbol.dispose]() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
