import type { DomainHandlers } from './domain-handlers.ts';

export const projectHandlers: DomainHandlers<'projects'> = {
  config({ appId, format, address }, { core }) {
    const { config, json, ts } = core.projects.fragment(appId, address);
    return { config, text: format === 'ts' ? ts : json };
  },
  preview: (input, { core }) => core.projects.preview(input),
  apply: (input, { core }) => core.projects.apply(input),
};
