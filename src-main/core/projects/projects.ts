import type { App, Endpoint } from '#contract/models/app.ts';

import { AppError } from '../app-error.ts';
import { configFragment, type ConfigFragment } from '../connect/config-fragment.ts';
import { endpointAt } from '../connect/endpoints.ts';
import { isIPv4OrName, isPlainIPv6 } from '../connect/host-name.ts';
import { applyConfigChange, previewConfigChange } from './config-change.ts';

/** A project's folder to point at this machine; `address` is one of its addresses or names, else the best is taken. */
export type ProjectInput = { readonly appId: string; readonly dir: string; readonly address?: string | undefined };

export type ProjectService = {
  /** Throws `APP_NOT_FOUND`, `DEVICE_LISTENER_DOWN`, `BAD_INPUT` for what is no address. */
  fragment(appId: string, address?: string): ConfigFragment;
  preview(
    input: ProjectInput,
  ): Promise<{ readonly path: string; readonly diff: string; readonly hash: string; readonly isChanged: boolean }>;
  apply(
    input: ProjectInput & { readonly hash?: string | undefined },
  ): Promise<{ readonly path: string; readonly diff: string; readonly written: boolean }>;
};

export function createProjects({
  getApp,
  devicePort,
  publicPem,
}: {
  readonly getApp: (appId: string) => App;
  /** The port devices use, or will use when the listener is opened; null when there is none to speak of. */
  readonly devicePort: () => number | null;
  /** PEM of the public part of a key of the vault. */
  readonly publicPem: (keyName: string) => string;
}): ProjectService {
  function fragment(appId: string, address?: string): ConfigFragment {
    const app = getApp(appId);
    return configFragment({
      endpoint: chooseEndpoint(app, address, devicePort()),
      publicKey: app.keyName === null ? undefined : publicPem(app.keyName),
    });
  }
  return {
    fragment,
    async preview({ appId, dir, address }) {
      const change = await previewConfigChange({ dir, appId, fragment: fragment(appId, address) });
      return { path: change.path, diff: change.diff, hash: change.hash, isChanged: change.isChanged };
    },
    async apply({ appId, dir, address, hash }) {
      const change = await applyConfigChange({ dir, appId, hash, fragment: fragment(appId, address) });
      return { path: change.path, diff: change.diff, written: change.written };
    },
  };
}

function chooseEndpoint({ endpoints, token }: App, address: string | undefined, port: number | null): Endpoint {
  const known = address === undefined ? endpoints[0] : endpoints.find((endpoint) => endpoint.address === address);
  if (known) return known;
  if (port === null || address === undefined) throw new AppError('DEVICE_LISTENER_DOWN');
  if (!isIPv4OrName(address) && !isPlainIPv6(address)) {
    throw new AppError('BAD_INPUT', { reason: `"${address}" is not an address or host name` });
  }
  return endpointAt(token, '', address, port);
}
