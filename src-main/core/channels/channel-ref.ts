/** A channel by its id or its name. */
export type ChannelRef = { readonly appId: string; readonly channel: number | string };

/** What to point a channel at; a release by its id or version. */
export type TargetInput =
  | { readonly kind: 'release'; readonly release: string }
  | { readonly kind: 'builtin' }
  | { readonly kind: 'none' };
