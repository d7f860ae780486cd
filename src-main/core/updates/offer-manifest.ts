import semver from 'semver';

import type { ReleaseEntry } from '../apps/app-directory.ts';
import type { ClientDialect } from './client-dialect.ts';

/** Whether an offer carries the release's delta manifest, and if not, why. */
export type ManifestOffer =
  | { readonly kind: 'manifest'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'none'; readonly reason: 'no_delta' | 'platform' | 'plugin' };

/** Could take one, but Capgo's cloud gives none to them: capgo-server-and-cli.md §4. */
const untried = new semver.Range('>=6.0.0 <6.25.0');

/**
 * A client that is given a manifest uses nothing else (protocol/clients.md §6.1), so only those get one that are known
 * to do it right: Android and iOS, from the plugins on that tell bodies apart by the suffix of their names (§6.2).
 * Electron has no deltas (§12.1).
 */
export function manifestFor(
  dialect: Pick<ClientDialect, 'name' | 'manifest'>,
  pluginVersion: string | null,
  { delta }: Pick<ReleaseEntry, 'delta'>,
): ManifestOffer {
  if (!delta || delta.files === 0) return { kind: 'none', reason: 'no_delta' };
  if (!isPhone(dialect)) return { kind: 'none', reason: 'platform' };
  return takesManifests(dialect, pluginVersion) ? { kind: 'manifest', ...delta } : { kind: 'none', reason: 'plugin' };
}

/** Whether a client is given manifests, of releases that have one. */
export function takesManifests(
  dialect: Pick<ClientDialect, 'name' | 'manifest'>,
  pluginVersion: string | null,
): boolean {
  const plugin = semver.coerce(pluginVersion);
  const isTried = plugin !== null && !untried.test(plugin);
  return isPhone(dialect) && dialect.manifest === 'by_suffix' && isTried;
}

function isPhone({ name }: Pick<ClientDialect, 'name'>): boolean {
  return name === 'android' || name === 'ios';
}
