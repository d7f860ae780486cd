/** Whether the command key is ⌘. */
export function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

/** How the command key is written before another key: `⌘` or `Ctrl+`. */
export function modifierName(): string {
  return isApple() ? '⌘' : 'Ctrl+';
}

/** The key that goes with a screen's number: browsers keep the command key's digits for their tabs. */
export function screenModifier(): 'Ctrl' | 'Alt' | '⌘' | '⌃' {
  if (window.desktop) return isApple() ? '⌘' : 'Ctrl';
  return isApple() ? '⌃' : 'Alt';
}
