import { dirname, join } from 'node:path';

import semver from 'semver';

import { readSmallFile } from './small-file.ts';

export const pluginPackage = '@capgo/capacitor-updater';

/** What a package.json tells, as far as somebody's file can be trusted to. */
export type PackageFacts = {
  readonly version: string | null;
  /** The range of the updater plugin in dependencies or devDependencies. */
  readonly pluginRange: string | null;
  readonly name: string | null;
};

/** Reads a package.json leniently: one that is missing or broken tells nothing. */
export async function readPackage(path: string): Promise<PackageFacts> {
  const none: PackageFacts = { version: null, pluginRange: null, name: null };
  try {
    const { text } = await readSmallFile(path);
    const json: unknown = JSON.parse(text);
    return {
      version: stringAt(json, 'version'),
      name: stringAt(json, 'name'),
      pluginRange: stringAt(json, 'dependencies', pluginPackage) ?? stringAt(json, 'devDependencies', pluginPackage),
    };
  } catch {
    return none;
  }
}

/** Version of the installed plugin, found as Node finds packages: in this folder's node_modules or one above. */
export async function readInstalledPluginVersion(projectDir: string): Promise<string | null> {
  let dir = projectDir;
  for (let level = 0; level < 12; level += 1) {
    const found = await readPackage(join(dir, 'node_modules', ...pluginPackage.split('/'), 'package.json'));
    if (found.version !== null) return found.version;
    const parent = dirname(dir);
    if (parent === dir) return null;
    dir = parent;
  }
  return null;
}

/**
 * Whether a version, range or tag means 10.0.0, a stray release with 2023's code that the npm tag `latest` names.
 * Source: protocol/clients.md Appendix C.
 */
export function isStrayPluginVersion(versionOrRange: string | null): boolean {
  if (versionOrRange === null) return false;
  const text = versionOrRange.trim();
  if (text === '' || text === 'latest') return true;
  try {
    return semver.satisfies('10.0.0', text) && (semver.maxSatisfying(['8.51.23', '10.0.0'], text) ?? '') === '10.0.0';
  } catch {
    return false;
  }
}

/** A string at a path of nested plain objects, or null. */
function stringAt(value: unknown, ...path: readonly string[]): string | null {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return null;
    current = (current as Record<string, unknown>)[key];
  }
  return typeof current === 'string' ? current : null;
}
