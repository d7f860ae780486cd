import { Route, Switch } from 'wouter';

import { ByHandPage } from './ByHandPage.tsx';
import { ImportKeyDialog } from './ImportKeyDialog.tsx';
import { KeyListPage } from './KeyListPage.tsx';
import { KeyPage } from './KeyPage.tsx';
import { RotationPage } from './RotationPage.tsx';

export function KeysScreen() {
  return (
    <>
      <Switch>
        <Route path="/keys/by-hand">
          <ByHandPage />
        </Route>
        <Route path="/keys/key/:name">{({ name }) => <KeyPage key={name} name={keyNameOf(name)} />}</Route>
        <Route path="/keys/change/:appId">{({ appId }) => <RotationPage key={appId} appId={keyNameOf(appId)} />}</Route>
        <Route>
          <KeyListPage />
        </Route>
      </Switch>
      <ImportKeyDialog />
    </>
  );
}

/** Names may hold anything but slashes; an address that was typed may be no encoding at all. */
function keyNameOf(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
