import { Route, Switch } from 'wouter';

import { ComparePage } from './delta/ComparePage.tsx';
import { ReleaseListScreen } from './ReleaseListScreen.tsx';
import { ReleasePage } from './ReleasePage.tsx';

/** `#/release` is the list, `#/release/ID` one release of the current app, `#/release/ID/compare/OTHER` two. */
export function ReleaseScreen() {
  return (
    <Switch>
      <Route path="/release/:to/compare/:from">{({ from, to }) => <ComparePage from={from} to={to} />}</Route>
      <Route path="/release/:release">{({ release }) => <ReleasePage key={release} release={release} />}</Route>
      <Route>
        <ReleaseListScreen />
      </Route>
    </Switch>
  );
}
