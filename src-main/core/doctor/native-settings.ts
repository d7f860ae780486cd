import { join } from 'node:path';

import type { CapacitorProject } from '#core/projects/project.ts';
import { readSmallFile } from '#core/projects/small-file.ts';

/** Whether an app's native project lets plain http through; `null` where the project or file is not there. */
export async function androidAllowsCleartext(project: CapacitorProject): Promise<boolean | null> {
  const sources = join(project.androidDir, 'app', 'src');
  const main = await textOrNull(join(sources, 'main', 'AndroidManifest.xml'));
  if (main === null) return null;
  const debug = await textOrNull(join(sources, 'debug', 'AndroidManifest.xml'));
  // `server.cleartext` makes Capacitor write the attribute into the manifest of its Cordova plugins on sync.
  const cordova = await textOrNull(
    join(project.androidDir, 'capacitor-cordova-android-plugins', 'src', 'main', 'AndroidManifest.xml'),
  );
  for (const manifest of [debug, main, cordova]) {
    if (manifest === null) continue;
    const xml = withoutComments(manifest);
    if (/android:usesCleartextTraffic\s*=\s*["']true["']/.test(xml)) return true;
    const name = /android:networkSecurityConfig\s*=\s*["']@xml\/(\w+)["']/.exec(xml)?.[1];
    if (name !== undefined && (await networkConfigAllows(sources, name))) return true;
  }
  return false;
}

async function networkConfigAllows(sources: string, name: string): Promise<boolean> {
  for (const variant of ['debug', 'main']) {
    const text = await textOrNull(join(sources, variant, 'res', 'xml', `${name}.xml`));
    if (text !== null && /cleartextTrafficPermitted\s*=\s*["']true["']/.test(withoutComments(text))) return true;
  }
  return false;
}

/** Whether App Transport Security lets http to the local network through. Source: protocol/clients.md §10.2. */
export async function iosAllowsLocalHttp(project: CapacitorProject): Promise<boolean | null> {
  const text = await textOrNull(join(project.iosDir, 'App', 'App', 'Info.plist'));
  if (text === null) return null;
  const xml = withoutComments(text);
  return (
    /<key>\s*NSAppTransportSecurity\s*<\/key>/.test(xml) &&
    /<key>\s*(NSAllowsLocalNetworking|NSAllowsArbitraryLoads|NSExceptionAllowsInsecureHTTPLoads)\s*<\/key>\s*<true\s*\/>/.test(
      xml,
    )
  );
}

/** The config that `npx cap sync` copied into a native project: what the built app really uses. */
export function syncedConfigPath(project: CapacitorProject, platform: 'android' | 'ios'): string {
  return platform === 'android'
    ? join(project.androidDir, 'app', 'src', 'main', 'assets', 'capacitor.config.json')
    : join(project.iosDir, 'App', 'App', 'capacitor.config.json');
}

export async function textOrNull(path: string): Promise<string | null> {
  try {
    return (await readSmallFile(path)).text;
  } catch {
    return null;
  }
}

function withoutComments(xml: string): string {
  return xml.replaceAll(/<!--[\s\S]*?-->/g, '');
}
