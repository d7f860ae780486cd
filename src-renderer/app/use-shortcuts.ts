import { useEffect } from 'react';
import { useLocation } from 'wouter';

import { openLayer, useUiStore } from '#renderer/stores/ui-store.ts';

import { isApple } from './platform.ts';
import { screens } from './screens.ts';

/** Keys that work everywhere. Layers close by Escape on their own. */
export function useShortcuts(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { layer } = useUiStore.getState();
      const isCommand = isApple() ? event.metaKey : event.ctrlKey;
      if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        // Over another dialog it would take away what was typed there.
        if (layer === 'palette') openLayer(null);
        else if (layer === 'shortcuts' || !isDialogOpen()) openLayer('palette');
        return;
      }
      const screen = screenOfKey(event, isCommand);
      if (screen !== undefined && layer === null && !isDialogOpen()) {
        event.preventDefault();
        // The new screen takes it, see useFocusReturn.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        navigate(screen.path);
        return;
      }
      if (event.key === '?' && !isTyping(event.target) && layer === null && !isDialogOpen()) {
        event.preventDefault();
        openLayer('shortcuts');
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
}

function screenOfKey(event: KeyboardEvent, isCommand: boolean) {
  // Browsers keep the digits of ⌘ and Ctrl for their tabs; these reach the page in all of them (`screenModifier`).
  const isBrowserChord = isApple() ? event.ctrlKey && !event.altKey : event.altKey && !event.ctrlKey;
  const isChord = (isCommand && !event.altKey) || (isBrowserChord && !event.metaKey);
  if (!isChord || event.shiftKey) return undefined;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  return digit === undefined ? undefined : screens[Number(digit) - 1];
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** A modal layer has the keyboard; the screens behind it must not move. */
function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
