/** For the `ref` of what has just come and must be read: a failure below the edge of a scrolled form says nothing. */
export function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
