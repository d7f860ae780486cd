import net from 'node:net';

/**
 * The devices' end of a measurement, in a process of its own, so that its cost falls on neither server. Plain sockets
 * instead of Node's HTTP client, which takes longer for a request than a bare server does for its answer. Started by
 * fork with advanced serialization; each message is a `LoadOrder`, answered by a `LoadResult`.
 */
export type LoadOrder = {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /**
   * Requests come at this rate (exponential gaps) whether or not those before were answered. One that finds every
   * connection taken waits, and its time counts from when it was due. Without a rate, each connection asks again as
   * soon as it was answered.
   */
  readonly perSecond?: number | undefined;
};

export type LoadResult = { readonly timesMs: Float64Array; readonly failed: number; readonly seconds: number };

type Connection = {
  /** `onAnswer` is told whether it was 200. One request at a time. */
  ask(request: string, onAnswer: (isGood: boolean) => void): void;
  close(): void;
};

async function connect({ hostname, port }: URL): Promise<Connection> {
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
  let received = '';
  let answered: (isGood: boolean) => void = () => undefined;
  socket.setEncoding('latin1').on('data', (part: string) => {
    received += part;
    const headEnd = received.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1]);
    if (headEnd === -1 || received.length < headEnd + 4 + length) return;
    const isGood = received.startsWith('HTTP/1.1 200 ');
    received = '';
    answered(isGood);
  });
  return {
    ask(request, onAnswer) {
      answered = onAnswer;
      socket.write(request);
    },
    close: () => socket.destroy(),
  };
}

async function load({ url, bodies, connections, seconds, perSecond }: LoadOrder): Promise<LoadResult> {
  const target = new URL(url);
  const requests = bodies.map(
    (body) =>
      `POST ${target.pathname} HTTP/1.1\r\nHost: ${target.host}\r\nUser-Agent: CapacitorUpdater/8.51.23\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const times: number[] = [];
  let failed = 0;
  let next = 0;
  const ask = (connection: Connection, dueMs: number, onAnswer: () => void): void => {
    connection.ask(requests[next++ % requests.length] ?? '', (isGood) => {
      times.push(performance.now() - dueMs);
      if (!isGood) failed += 1;
      onAnswer();
    });
  };
  const opened = await Promise.all(Array.from({ length: connections }, () => connect(target)));
  const startMs = performance.now();
  const untilMs = startMs + seconds * 1000;
  if (perSecond === undefined) {
    await Promise.all(opened.map((connection) => askAgain(connection)));
  } else {
    await askAtRate(perSecond);
  }
  const tookSeconds = (performance.now() - startMs) / 1000;
  for (const connection of opened) connection.close();
  return { timesMs: Float64Array.from(times), failed, seconds: tookSeconds };

  function askAgain(connection: Connection): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const again = (): void => {
      const nowMs = performance.now();
      if (nowMs < untilMs) ask(connection, nowMs, again);
      else resolve();
    };
    again();
    return promise;
  }

  function askAtRate(rate: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const free = [...opened];
    const waiting: number[] = [];
    let dueMs = startMs;
    const give = (): void => {
      while (waiting.length > 0) {
        const connection = free.pop();
        if (!connection) return;
        ask(connection, waiting.shift() ?? 0, () => {
          free.push(connection);
          give();
        });
      }
      if (dueMs >= untilMs && free.length === opened.length) resolve();
    };
    // Every millisecond, which counts as the server's time; a loop without a timer would take a processor from it.
    const tick = (): void => {
      const nowMs = performance.now();
      while (dueMs <= nowMs && dueMs < untilMs) {
        waiting.push(dueMs);
        dueMs += (-Math.log(1 - Math.random()) / rate) * 1000;
      }
      give();
      if (dueMs < untilMs) setTimeout(tick, 1);
    };
    tick();
    return promise;
  }
}

process.on('message', (order: LoadOrder) => {
  void load(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
