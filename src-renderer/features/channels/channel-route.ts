/** Address of a channel's page. By id: names change. */
export function channelHref(id: number): string {
  return `/channels/${id}`;
}
