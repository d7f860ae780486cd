/** A publish that was asked for: its job, and what it is to be. */
export type Publishing = { readonly jobId: string; readonly version: string; readonly channel: string };
