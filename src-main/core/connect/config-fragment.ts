import type { Endpoint } from '#contract/models/app.ts';

/** What belongs under `plugins.CapacitorUpdater`. Source: protocol/clients.md §10.1. */
export type UpdaterSettings = {
  /** Only when devices should report another id than the `appId` of the Capacitor config. */
  readonly appId?: string;
  readonly autoUpdate: true;
  readonly updateUrl: string;
  readonly statsUrl: string;
  readonly channelUrl: string;
  /** PEM, real line breaks. */
  readonly publicKey?: string;
};

export type ConfigFragment = {
  /** The fragment as it stands in a Capacitor config, from its root. */
  readonly config: { readonly plugins: { readonly CapacitorUpdater: UpdaterSettings } };
  /** For capacitor.config.json: the whole object, two spaces. */
  readonly json: string;
  /** For capacitor.config.ts: the `plugins` property, to paste into the config object. */
  readonly ts: string;
};

export type FragmentParts = {
  readonly endpoint: Pick<Endpoint, 'updateUrl' | 'statsUrl' | 'channelUrl'>;
  readonly appId?: string | undefined;
  readonly publicKey?: string | undefined;
};

/**
 * The Capacitor config that points an app at this machine. All three URLs are always set:
 * one that is missing falls back to Capgo's cloud (protocol/clients.md §10.1), and the app's stats would go there.
 */
export function configFragment({ endpoint, appId, publicKey }: FragmentParts): ConfigFragment {
  const settings: UpdaterSettings = {
    ...(appId === undefined ? {} : { appId }),
    autoUpdate: true,
    updateUrl: endpoint.updateUrl,
    statsUrl: endpoint.statsUrl,
    channelUrl: endpoint.channelUrl,
    ...(publicKey === undefined ? {} : { publicKey }),
  };
  const config = { plugins: { CapacitorUpdater: settings } };
  return { config, json: `${JSON.stringify(config, null, 2)}\n`, ts: typeScriptText(settings) };
}

function typeScriptText(settings: UpdaterSettings): string {
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}: ${literal(value)},`);
  return ['plugins: {', '  CapacitorUpdater: {', ...lines, '  },', '},', ''].join('\n');
}

/** A JavaScript literal in single quotes. */
export function literal(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return `'${JSON.stringify(value)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
}
