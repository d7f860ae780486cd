/** Whether the command key is ⌘. */
export function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

/** How the command key is written before another key: `⌘` or `Ctrl+`. */
export function modifierName(): string {
  return isApple() ? '⌘' : 'Ctrl+';
}
