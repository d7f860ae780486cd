/** A hull on an inclined way: the product's one picture, in the colour of its text. */
export function Mark({ size = 16 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">
      <path d="M1.2 2.6 14 6.4l-.9 2.2a3.4 3.4 0 0 1-4.1 2L3.9 9.1A3.4 3.4 0 0 1 1.5 6z" />
      <path d="M1 10.7 15 14.9v-1.7L1 9z" opacity=".62" />
    </svg>
  );
}
