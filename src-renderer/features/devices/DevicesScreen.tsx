import { Route, Switch } from 'wouter';

import { DeviceListPage } from './DeviceListPage.tsx';
import { DevicePage } from './DevicePage.tsx';

export function DevicesScreen() {
  return (
    <Switch>
      <Route path="/devices/:deviceId">
        {({ deviceId }) => <DevicePage key={deviceId} deviceId={decodeURIComponent(deviceId)} />}
      </Route>
      <Route>
        <DeviceListPage />
      </Route>
    </Switch>
  );
}
