import { useRoute } from 'wouter';

import { ReleaseListScreen } from './ReleaseListScreen.tsx';
import { ReleasePage } from './ReleasePage.tsx';

/** `#/release` is the list, `#/release/ID` one release of the current app. */
export function ReleaseScreen() {
  const [isPage, params] = useRoute('/release/:release');
  return isPage ? <ReleasePage key={params.release} release={params.release} /> : <ReleaseListScreen />;
}
