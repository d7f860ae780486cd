import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { keyIdOf, openWithPublicKey, parseKey, type PublicKeyMaterial } from '#core/crypto/key-material.ts';
import { openChecksum } from '#core/crypto/sealed-values.ts';
import { isAutoUpdateOff } from '#core/projects/config-change.ts';
import { classifyReply } from '#core/simulator/classify-reply.ts';
import { newestPlugin, type ClientProfile } from '#core/simulator/client-profile.ts';

/**
 * `npm run check-vectors -- DIR`: runs the official plugin's contract vectors against our code. They are in its
 * repository (`native-contract-tests`), not in its npm package, and under a licence that keeps them out of this one, so
 * DIR is that folder of a checkout. Ends with 1 when one does not hold; groups that say nothing about a server or a
 * virtual device are named with the reason.
 */
type Case = {
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
};
/** What ours answers, as far as `expect` has it. */
type Run = (input: Case['input'], key: PublicKeyMaterial | null) => Readonly<Record<string, unknown>>;

const FILES = ['core.json', 'crypto-rsa.json', 'policy.json', 'security.json', 'crypto.json'];
const TIMER = 'the app asks when its own timer says so; a virtual device asks when it is told to';
const MODES = 'virtual devices play the mode that is the default, atBackground';
const LATER = 'of the core that later plugins are built on; 8.51.23 has none of it';

const groups: Readonly<Record<string, Run | string>> = {
  'core.json periodCheckDelay': TIMER,
  'core.json autoUpdateMode': ({ mode }) => {
    return { enabled: !isAutoUpdateOff({ state: 'set', value: String(mode) }) };
  },
  'core.json onLaunchDirectUpdateConsumption': MODES,
  'core.json updateResponseKind': ({ kind }) => {
    const [android, ios] = (['android', 'ios'] as const).map((platform) => refusalOf(platform, kind));
    return { kind: android === ios ? android : `${android} on Android, ${ios} on iOS` };
  },
  'crypto-rsa.json rsaPublicDecrypt': ({ ciphertextHex }, key) => ({
    plaintextHex: openWithPublicKey(pemOf(key), bytesOf(ciphertextHex)).toString('hex'),
  }),
  'crypto-rsa.json decryptChecksum': ({ checksumHex }, key) => ({
    decryptedHex: openChecksum(String(checksumHex), materialOf(key)).sha256,
  }),
  'crypto-rsa.json decryptChecksumInvalid': ({ checksumHex }, key) => ({
    throws: throws(() => openChecksum(String(checksumHex), materialOf(key))),
  }),
  'crypto-rsa.json calcKeyId': ({ publicKeyPem }) => ({ keyId: keyIdOf(String(publicKeyPem)) }),
  'crypto-rsa.json rsaPublicKeyLoad': ({ publicKeyPem }) => ({ loads: !throws(() => parseKey(String(publicKeyPem))) }),
};

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: npm run check-vectors -- DIR (native-contract-tests of a checkout)');
let failed = 0;
for (const file of FILES) failed += await runFile(dir, file);
process.exitCode = failed === 0 ? 0 : 1;

async function runFile(folder: string, file: string): Promise<number> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => null);
  if (text === null) {
    console.log(`${file}: NOT THERE`);
    return 0;
  }
  const content = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const pem = content['publicKeyPem'];
  const key = typeof pem === 'string' ? parseKey(pem).key : null;
  let count = 0;
  for (const [name, cases] of Object.entries(content)) {
    if (Array.isArray(cases)) count += runGroup(`${file} ${name}`, cases as Case[], key);
  }
  return count;
}

function runGroup(name: string, cases: readonly Case[], key: PublicKeyMaterial | null): number {
  const run = groups[name] ?? LATER;
  if (typeof run === 'string') {
    console.log(`${name}: DOES NOT APPLY to ${cases.length} cases: ${run}`);
    return 0;
  }
  const broken = cases.filter((each) => {
    const ours = run(each.input, key);
    const isHeld = Object.entries(ours).every(([field, value]) => each.expect[field] === value);
    if (!isHeld) console.log(`${name} ${each.id}: ${JSON.stringify(ours)} instead of ${JSON.stringify(each.expect)}`);
    return !isHeld;
  });
  console.log(`${name}: ${cases.length - broken.length} of ${cases.length} hold`);
  return broken.length;
}

function refusalOf(platform: 'android' | 'ios', kind: unknown): string {
  const profile: ClientProfile = {
    platform,
    appId: 'com.example.app',
    deviceId: 'd',
    nativeVersion: '1.0.0',
    pluginVersion: newestPlugin(platform, 'capacitor'),
    customId: '',
    channel: '',
    publicKey: null,
  };
  const text = JSON.stringify({ error: 'x', message: 'x', ...(kind === null ? {} : { kind }) });
  const reading = classifyReply(profile, { status: 200, text, headers: {} }, '1.0.0');
  return reading.kind === 'refused' ? reading.refusal : reading.kind;
}

function materialOf(key: PublicKeyMaterial | null): PublicKeyMaterial {
  if (!key) throw new Error('the file has no publicKeyPem');
  return key;
}

function pemOf(key: PublicKeyMaterial | null): string {
  return materialOf(key).publicPem;
}

function bytesOf(hex: unknown): Buffer {
  return Buffer.from(String(hex), 'hex');
}

function throws(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
