import { useEffect, useRef, type RefObject } from 'react';
import { useLocation } from 'wouter';

import { useUiStore } from '#renderer/stores/ui-store.ts';

/**
 * Brings the focus back where it was when the layers of the frame are closed, however they followed each other: a dialog
 * that the palette opened would return it to a field of the palette, which is gone. Where the element went away with its
 * screen, the new screen has the focus, so that the next Tab goes on in it and not at the top of the window.
 */
export function useFocusReturn(main: RefObject<HTMLElement | null>): void {
  const [location] = useLocation();

  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    if (!isFocused()) main.current?.focus({ preventScroll: true });
  }, [location, main]);

  useEffect(() => {
    let origin: Element | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = useUiStore.subscribe(({ layer }, { layer: before }) => {
      clearTimeout(timer);
      if (before === null && layer !== null) {
        const { activeElement } = document;
        if (activeElement?.closest('[role="dialog"]') === null) origin = activeElement;
      }
      if (before === null || layer !== null) return;
      // After the layer itself has let go of the focus.
      timer = setTimeout(() => {
        if (isFocused()) return;
        const target = origin instanceof HTMLElement && origin !== document.body && origin.isConnected ? origin : null;
        (target ?? main.current)?.focus({ preventScroll: true });
      }, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [main]);
}

/** The longest a layer takes to fade and to hand the focus on by itself. */
const SETTLE_MS = 250;

function isFocused(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && activeElement.isConnected;
}
