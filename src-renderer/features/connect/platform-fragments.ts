/**
 * What lets a debug build talk to a plain http address. A manifest in `src/debug` is merged into debug builds only;
 * `tools:replace` settles the conflict with a main manifest that says something else. Source: protocol/clients.md §10.2.
 */
export const androidDebugManifest = `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android"
    xmlns:tools="http://schemas.android.com/tools">
  <application
      android:usesCleartextTraffic="true"
      tools:replace="android:usesCleartextTraffic" />
</manifest>
`;

/** Source: protocol/clients.md §10.2. iOS asks for local network access with the sentence of the second key. */
export const iosDebugPlist = `<key>NSAppTransportSecurity</key>
<dict>
  <key>NSAllowsLocalNetworking</key>
  <true/>
</dict>
<key>NSLocalNetworkUsageDescription</key>
<string>Finds live updates on your development machine.</string>
`;
