/** Whether a window can be shown to the person who started the program. */
export function hasDisplay(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  if (platform === 'win32') return true;
  // Over SSH, macOS would open the window on the screen of somebody else's desk.
  if (platform === 'darwin') return !environment['SSH_CONNECTION'];
  return Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
}
