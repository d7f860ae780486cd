import type { DomainHandlers } from './domain-handlers.ts';

export const figureHandlers: DomainHandlers<'figures'> = {
  updates: (input, { core }) => core.figures.updates(input),
  adoption: (input, { core }) => core.figures.adoption(input),
};
