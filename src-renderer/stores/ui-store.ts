import { create } from 'zustand';
import { persist } from 'zustand/middleware';

import type { ConnectionState } from '#renderer/api/transport.ts';

/** One layer of the frame at a time: opening one closes the other. */
export type FrameLayer = 'palette' | 'shortcuts' | 'add-app' | 'path' | 'watch' | 'virtual-add' | 'virtual-run' | null;

type UiState = {
  /** App that the screens show; null before the first choice. Kept over restarts of the window. */
  readonly appId: string | null;
  readonly layer: FrameLayer;
  readonly connection: ConnectionState;
};

export const useUiStore = create<UiState>()(
  persist((): UiState => ({ appId: null, layer: null, connection: 'connecting' }), {
    name: 'slipway.ui',
    partialize: ({ appId }) => ({ appId }),
  }),
);

export function chooseApp(appId: string | null): void {
  useUiStore.setState({ appId });
}

/** Null closes the layer that is open. */
export function openLayer(layer: FrameLayer): void {
  useUiStore.setState({ layer });
}

export function setConnection(connection: ConnectionState): void {
  useUiStore.setState({ connection });
}
