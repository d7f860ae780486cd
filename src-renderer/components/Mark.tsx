/** A hull on an inclined way: the product's one picture, in the colour of its text. The same as resources/icons/mark.svg. */
export function Mark({ size = 16 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">
      <path d="M.6 1.3 15.6 5.3 12.9 9.6a2.4 2.4 0 0 1-2.7 1L3.6 8.8A2.4 2.4 0 0 1 1.8 6.9z" />
      <path d="M.4 9.6v2.2l15.2 4.1v-2.2z" />
    </svg>
  );
}
