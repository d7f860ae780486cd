import { createHash } from 'node:crypto';
import { request } from 'node:http';

export type PhoneFacts = {
  readonly deviceId: string;
  readonly platform: 'android' | 'ios';
  readonly nativeVersion: string;
  readonly pluginVersion: string;
  readonly osVersion: string;
  readonly isEmulator: boolean;
  readonly customId: string;
  /** Channel that it asks for; empty for the server's choice. */
  readonly defaultChannel: string;
  /** Of the public key in its config; null for none. */
  readonly keyId: string | null;
};

export type Offer = { readonly version: string; readonly url: string; readonly checksum: string };

/** A download that a test lets run, and ends when it likes. */
export type HeldDownload = {
  /** Bytes that arrived so far. */
  received(): number;
  /** Cuts the connection. */
  breakOff(): void;
};

export type Phone = {
  readonly facts: PhoneFacts;
  /** POST updates. Source: protocol/clients.md §1.2. */
  check(): Promise<unknown>;
  /** A check that has to be answered with an offer (§1.5). */
  checkForOffer(): Promise<Offer>;
  /** GET of the bundle, and its SHA-256 against the offer's (§2, §3). */
  download(offer: Offer): Promise<void>;
  /** Takes `bytes` of a bundle and then no more, as on a Wi-Fi that stalls. */
  holdDownload(offer: Offer, bytes: number): Promise<HeldDownload>;
  /** One batch of reports, in order (§7.2). */
  report(version: string, ...actions: readonly string[]): Promise<void>;
  /** A good zip update from check to notifyAppReady (§9.9). */
  update(): Promise<string>;
};

let lastTimestamp = 0;

/** A device written from the protocol text, over real HTTP; `base` is the app's address up to its token. */
export function createPhone(base: string, appId: string, parts: Partial<PhoneFacts> = {}): Phone {
  const facts: PhoneFacts = {
    deviceId: '0f0c6a7e-5f7b-4c0e-9f6e-1b7d1a2c3d4e',
    platform: 'android',
    nativeVersion: '1.0.0',
    pluginVersion: '8.51.23',
    osVersion: '16',
    isEmulator: false,
    customId: '',
    defaultChannel: '',
    keyId: null,
    ...parts,
  };
  let running = facts.nativeVersion;
  const userAgent = `CapacitorUpdater/${facts.pluginVersion} (${appId}) ${facts.platform}/${facts.osVersion}`;
  const info = () => ({
    platform: facts.platform,
    device_id: facts.deviceId,
    app_id: appId,
    custom_id: facts.customId,
    version_build: facts.nativeVersion,
    version_code: '100',
    version_os: facts.osVersion,
    version_name: running,
    plugin_version: facts.pluginVersion,
    is_emulator: facts.isEmulator,
    is_prod: false,
    defaultChannel: facts.defaultChannel,
    ...(facts.keyId === null ? {} : { key_id: facts.keyId }),
  });

  async function post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${base}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': userAgent },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  const phone: Phone = {
    facts,
    check: () => post('updates', info()),
    async checkForOffer() {
      const reply = (await phone.check()) as Partial<Offer>;
      if (reply.url === undefined || reply.checksum === undefined || reply.version === undefined) {
        throw new Error(`no offer but ${JSON.stringify(reply)}`);
      }
      return { url: reply.url, checksum: reply.checksum, version: reply.version };
    },
    async download({ url, checksum }) {
      const response = await fetch(url, { headers: { 'user-agent': 'Dalvik/2.1.0' } });
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
      if (createHash('sha256').update(bytes).digest('hex') !== checksum) throw new Error('the checksum differs');
    },
    holdDownload: ({ url }, bytes) =>
      new Promise((resolve, reject) => {
        let received = 0;
        const asking = request(url, { headers: { 'user-agent': 'Dalvik/2.1.0' } }, (response) => {
          response.on('data', (chunk: Buffer) => {
            received += chunk.length;
            if (received < bytes || response.isPaused()) return;
            response.pause();
            resolve({ received: () => received, breakOff: () => asking.destroy() });
          });
          response.on('error', () => undefined);
        });
        asking.on('error', reject);
        asking.end();
      }),
    async report(version, ...actions) {
      const events = actions.map((action) => {
        // Equal events of one millisecond would count as one batch that was sent twice.
        lastTimestamp = Math.max(lastTimestamp + 1, Date.now());
        return Object.assign(info(), { version_name: version, old_version_name: '', action, timestamp: lastTimestamp });
      });
      await post('stats', events);
    },
    async update() {
      const offer = await phone.checkForOffer();
      await phone.download(offer);
      await phone.report(offer.version, 'download_10', 'download_70', 'download_90', 'download_complete', 'set_next');
      await phone.report(offer.version, 'app_moved_to_background', 'set');
      running = offer.version;
      await phone.report(offer.version, 'app_launch_start', 'app_moved_to_foreground', 'app_launch_ready');
      return offer.version;
    },
  };
  return phone;
}
