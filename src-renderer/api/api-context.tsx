import { createContext, use, type ReactNode } from 'react';

import type { ApiClient } from '#contract/api.ts';

import type { Transport } from './transport.ts';

export type ApiAccess = { readonly api: ApiClient; readonly transport: Transport };

const ApiContext = createContext<ApiAccess | null>(null);

export function ApiProvider({ access, children }: { readonly access: ApiAccess; readonly children: ReactNode }) {
  return <ApiContext value={access}>{children}</ApiContext>;
}

function useAccess(): ApiAccess {
  const access = use(ApiContext);
  if (access === null) throw new Error('used outside of ApiProvider');
  return access;
}

/** Everything the core can be asked. Functions reject with `ApiError`. */
export function useApi(): ApiClient {
  return useAccess().api;
}

export function useTransport(): Transport {
  return useAccess().transport;
}
