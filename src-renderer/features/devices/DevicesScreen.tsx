import { Route, Switch } from 'wouter';

import { deviceIdOf } from './device-route.ts';
import { DeviceListPage } from './DeviceListPage.tsx';
import { DevicePage } from './DevicePage.tsx';

export function DevicesScreen() {
  return (
    <Switch>
      <Route path="/devices/:deviceId">
        {({ deviceId }) => <DevicePage key={deviceId} deviceId={deviceIdOf(deviceId)} />}
      </Route>
      <Route>
        <DeviceListPage />
      </Route>
    </Switch>
  );
}
