import { activity } from './en/activity.ts';
import { channels } from './en/channels.ts';
import { common } from './en/common.ts';
import { connect } from './en/connect.ts';
import { delta } from './en/delta.ts';
import { devices } from './en/devices.ts';
import { figures } from './en/figures.ts';
import { frame } from './en/frame.ts';
import { keys } from './en/keys.ts';
import { release } from './en/release.ts';
import { rotation } from './en/rotation.ts';
import { settings } from './en/settings.ts';
import { storage } from './en/storage.ts';
import { trace } from './en/trace.ts';
import { vault } from './en/vault.ts';
import { virtual } from './en/virtual.ts';
import { watch } from './en/watch.ts';

/** The English catalogue by namespace, one file per feature. Its keys type every `t()` and the other languages. */
export const english = {
  activity,
  channels,
  common,
  connect,
  delta,
  devices,
  figures,
  frame,
  keys,
  release,
  rotation,
  settings,
  storage,
  trace,
  vault,
  virtual,
  watch,
} as const;

/** The same keys with any words: what a translation has to be. */
export type Catalogue = Translated<typeof english>;

type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]> };
