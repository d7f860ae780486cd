export function ReleasePage({ release }: { readonly release: string }) {
  return <h1>{release}</h1>;
}
