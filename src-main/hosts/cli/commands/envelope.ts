import { resolve } from 'node:path';

import {
  decryptResultSchema,
  encryptResultSchema,
  type DecryptResult,
  type EncryptResult,
} from '#contract/models/key.ts';
import { parseKey, parsePrivateKey } from '#core/crypto/key-material.ts';
import { decryptZip, encryptZip } from '#core/keys/envelope-by-hand.ts';
import { readKeyFile } from '#core/keys/key-files.ts';

import type { ParsedCommand } from '../command-table.ts';
import type { CommandContext } from '../context.ts';
import { keyValues } from '../format.ts';
import { createProgressBar } from '../progress-bar.ts';
import { runJob } from '../run-job.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export async function runEncrypt(
  { arguments: [zipArgument], options }: ParsedCommand<'encrypt'>,
  context: CommandContext,
): Promise<number> {
  const { format = 'v3' } = options;
  const zip = resolve(zipArgument);
  const made: EncryptResult = await withKey(
    options,
    async (keyPath) => {
      const key = parsePrivateKey(await readKeyFile(keyPath));
      return here(context, 'encrypt', (work) => encryptZip({ zip, key, format, out: outOf(options.out), ...work }));
    },
    (name) =>
      withSession(context, async (session) => {
        const input = { zip, key: { kind: 'vault', name } as const, format, ...optional('out', outOf(options.out)) };
        return encryptResultSchema.parse(await runJob(session, () => session.api.keys.encrypt(input), context));
      }),
  );
  context.output.json(made);
  context.output.text(
    keyValues([
      ['encrypted', made.path],
      ['session key', made.sessionKey],
      ['checksum', made.checksum],
      ['key id', made.keyId],
      ['format', made.format],
    ]),
  );
  return 0;
}

export async function runDecrypt(
  { arguments: [zipArgument], options }: ParsedCommand<'decrypt'>,
  context: CommandContext,
): Promise<number> {
  const { 'session-key': sessionKey, checksum } = options;
  const zip = resolve(zipArgument);
  const made: DecryptResult = await withKey(
    options,
    async (keyPath) => {
      const { key } = parseKey(await readKeyFile(keyPath));
      return here(context, 'decrypt', (work) =>
        decryptZip({ zip, key, sessionKey, checksum, out: outOf(options.out), ...work }),
      );
    },
    (name) =>
      withSession(context, async (session) => {
        const key = { kind: 'vault', name } as const;
        const input = {
          zip,
          key,
          sessionKey,
          ...optional('checksum', checksum),
          ...optional('out', outOf(options.out)),
        };
        return decryptResultSchema.parse(await runJob(session, () => session.api.keys.decrypt(input), context));
      }),
  );
  context.output.json(made);
  const verdict = made.verified ? 'the checksum matches' : 'no checksum was given to compare with';
  context.output.text(`${made.path}: ${verdict}\nSHA-256 ${made.checksum}`);
  return 0;
}

type KeyOptions = { readonly key: string | undefined; readonly 'key-file': string | undefined };

/** A key file needs no data folder, so none is opened or made for it. */
function withKey<T>(
  { key, 'key-file': file }: KeyOptions,
  fromFile: (path: string) => Promise<T>,
  fromVault: (name: string) => Promise<T>,
): Promise<T> {
  if (file !== undefined) return fromFile(resolve(file));
  if (key !== undefined) return fromVault(key);
  throw new UsageError('A key is missing.', 'Give --key NAME for a key of the vault, or --key-file F for a PEM file.');
}

/** Long work in this very program, with its progress bar. */
async function here<T>(
  { streams, signal }: CommandContext,
  label: string,
  work: (parts: {
    signal: AbortSignal;
    report: (progress: { done: number; total: number; unit: 'bytes' | 'files' | 'devices' }) => void;
  }) => Promise<T>,
): Promise<T> {
  using bar = createProgressBar(streams);
  return await work({
    signal,
    report: ({ done, total, unit }) => bar.update({ progress: total > 0 ? done / total : 0, label, done, total, unit }),
  });
}

function outOf(out: string | undefined): string | undefined {
  return out === undefined ? undefined : resolve(out);
}

function optional<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  // The computed name is the one the type says.
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}
