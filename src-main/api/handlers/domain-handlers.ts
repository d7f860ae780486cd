import type { Api } from '#contract/api.ts';
import type { Handlers } from '#contract/define.ts';

import type { ApiContext } from '../api-context.ts';

/** The handlers of one domain of the contract. */
export type DomainHandlers<Domain extends keyof Api> = Handlers<Api, ApiContext>[Domain];
