import { create } from 'zustand';
import { persist } from 'zustand/middleware';

type ConnectState = {
  /** Choice of `addressChoices` that QR and config are for; null is the best one. */
  readonly choiceId: string | null;
  readonly format: 'json' | 'ts';
  /** Folder of each app's project, as it was last given. */
  readonly projectDirs: Readonly<Record<string, string>>;
};

/** What a person chose on this screen: kept, so that nothing has to be typed twice. */
export const useConnectStore = create<ConnectState>()(
  persist((): ConnectState => ({ choiceId: null, format: 'json', projectDirs: {} }), { name: 'slipway.connect' }),
);

export function chooseAddress(choiceId: string): void {
  useConnectStore.setState({ choiceId });
}

export function chooseFormat(format: ConnectState['format']): void {
  useConnectStore.setState({ format });
}

export function setProjectDir(appId: string, dir: string): void {
  useConnectStore.setState(({ projectDirs }) => ({ projectDirs: { ...projectDirs, [appId]: dir } }));
}
