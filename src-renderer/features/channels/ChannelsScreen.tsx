import { Route, Switch } from 'wouter';

import { ChannelListPage } from './ChannelListPage.tsx';
import { ChannelPage } from './ChannelPage.tsx';

/** `#/channels` is the list, `#/channels/ID` one channel of the current app. */
export function ChannelsScreen() {
  return (
    <Switch>
      <Route path="/channels/:id">{({ id }) => <ChannelPage key={id} id={Number(id)} />}</Route>
      <Route>
        <ChannelListPage />
      </Route>
    </Switch>
  );
}
