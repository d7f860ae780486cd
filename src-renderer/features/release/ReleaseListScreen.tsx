export function ReleaseListScreen() {
  return null;
}
