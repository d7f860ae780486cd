import type { NetworkInterfaceInfo } from 'node:os';

import type { VaultStatus } from '#contract/models/key.ts';

import type { AppRunner } from './simulator/app-runner.ts';

/** What hosts supply to the core. Nothing here knows Electron, Fastify or React. */
export type Ports = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SecretStore;
  readonly deviceOrigin: DeviceOrigin;
  readonly network: Network;
  /** Starts apps of virtual devices for real; without it their text is searched. */
  readonly appRunner?: AppRunner | undefined;
};

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };

/** Structured log, pino's shape: an object of fields, then a sentence. */
export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Encrypts what must not lie in the data folder in the clear. The desktop host uses the system's keychain. */
export type SecretStore = {
  /** Names the store in errors: `keychain`, `file`. */
  readonly kind: string;
  /** How it is guarded, and how to change that; without it the store is always open. */
  readonly protection?: SecretProtection;
  seal(plain: Uint8Array): Promise<Uint8Array>;
  /** Rejects when the bytes were not sealed by this store. */
  open(sealed: Uint8Array): Promise<Uint8Array>;
};

/** The guard of a store. What opens it is held in memory only. */
export type SecretProtection = {
  status(): Promise<VaultStatus>;
  /** Throws `PASSPHRASE_WRONG`, `VAULT_NOT_PROTECTED`. */
  unlock(passphrase: string): Promise<void>;
  /** Throws `VAULT_NOT_PROTECTED`. */
  lock(): Promise<void>;
  /** Sets a passphrase, or another one. Throws `VAULT_LOCKED`, `PASSPHRASE_TOO_SHORT`, `NOT_AVAILABLE_HERE`. */
  protect(passphrase: string): Promise<void>;
  /** Does without a passphrase from now on. Throws `VAULT_LOCKED`, `NOT_AVAILABLE_HERE`. */
  unprotect(): Promise<void>;
};

/** Where the device listener can be reached from this machine, so that a release is fetched back before it is live. */
export type DeviceOrigin = {
  /** `http://127.0.0.1:PORT` or another address it listens on. Rejects with `DEVICE_LISTENER_DOWN`. */
  loopback(): Promise<string>;
  /** The port devices use, or null while the listener is down. */
  port(): number | null;
  /** The address it is bound to, where that may differ from the settings (`--host`). */
  host?(): string | null;
};

export type Network = {
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
};
