/** A sentence whose `commands` and names in backticks are set as such. */
export function CodeText({ children }: { readonly children: string }) {
  const parts = children.split('`');
  // An odd backtick is one that somebody meant: a path or a version may hold it.
  if (parts.length % 2 === 0) return children;
  // Their order is all that tells them apart, and it never changes.
  // oxlint-disable-next-line react/no-array-index-key
  return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
