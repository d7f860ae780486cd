import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * `npm run complete-lock`, after a change of dependencies: names the builds for other systems that npm left out.
 * npm drops an optional package without a word when the registry at hand (a mirror that is behind) does not have it
 * yet, and `npm ci` then refuses the lock file everywhere. Versions come from the package that asks for the build,
 * which pins them exactly; there is no checksum for what cannot be fetched.
 */

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const SYSTEMS = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
const PROCESSORS = new Set(['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']);

const path = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
const lock = JSON.parse(await readFile(path, 'utf8')) as { packages: Record<string, Entry> };
const added: string[] = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[key] !== undefined || platform === null || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    lock.packages[key] = {
      version,
      ...(parent.dev ? { dev: true } : {}),
      ...(parent.license ? { license: parent.license } : {}),
      optional: true,
      ...platform,
    } as Entry;
    added.push(`${name}@${version}`);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
await writeFile(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(added.length === 0 ? 'The lock file is complete.\n' : `Added:\n${added.join('\n')}\n`);

/** Reads `@scope/binding-linux-arm64-musl` and the like; null for a package that is not a build for one system. */
function platformOf(name: string): { cpu: string[]; os: string[]; libc?: string[] } | null {
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const os = words.find((word) => SYSTEMS.has(word));
  const processor = words.find((word) => PROCESSORS.has(word));
  if (os === undefined || processor === undefined) return null;
  const libc = words.at(-1)?.startsWith('musl') ? 'musl' : words.at(-1)?.startsWith('gnu') ? 'glibc' : undefined;
  return { cpu: [processor], os: [os], ...(os === 'linux' && libc ? { libc: [libc] } : {}) };
}
