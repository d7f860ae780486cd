import type { Core } from '#core/create-core.ts';
import type { Logger } from '#core/ports.ts';

import type { HostServices } from './host-services.ts';

/** What handlers work with. */
export type ApiContext = {
  readonly core: Core;
  readonly host: HostServices;
  readonly logger: Logger;
};
