import { createHash } from 'node:crypto';

const style = `
  :root { color-scheme: light dark; --ink: #17202b; --soft: #55606e; --line: #d9dfe7; --paper: #f7f9fb; --accent: #0b6e99; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e8edf3; --soft: #9aa7b6; --line: #2b3644; --paper: #10161d; --accent: #57b6dd; }
  }
  * { box-sizing: border-box }
  body { margin: 0; padding: 40px 20px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 34rem; margin: 0 auto }
  h1 { font-size: 1.4rem; margin: 0 0 8px }
  h2 { font-size: 1rem; margin: 28px 0 8px }
  p, li { color: var(--soft) }
  ol { padding-left: 1.2rem }
  li { margin: 6px 0 }
  strong { color: var(--ink) }
  code { font: 0.9em ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere }
  .state { color: var(--accent); font-weight: 600 }
  hr { border: 0; border-top: 1px solid var(--line); margin: 28px 0 }`;

/** Nothing is loaded and nothing runs; the one style is named by its digest. */
export const phonePagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What a person sees who opens the address in a phone's browser: that the phone reaches this machine, and how an app is
 * connected. Names no app and no token: anybody on the network can open it.
 */
export function phonePage({ machine, origin }: { readonly machine: string; readonly origin: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Slipway on ${escapeHtml(machine)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="state">✓ This phone reaches Slipway</p>
<h1>Slipway on ${escapeHtml(machine)}</h1>
<p>Slipway serves live updates to Capacitor apps on this network. You reached it at <code>${escapeHtml(origin)}</code>.</p>
<h2>Connect an app</h2>
<ol>
<li>On the computer, open <strong>Connect</strong> in Slipway and choose the app.</li>
<li>Copy its config fragment into the project's Capacitor config, or press <strong>Apply to project</strong>. It holds the three addresses of your app, beginning with the one above.</li>
<li>Run <code>npx cap sync</code>, build the app and start it on this phone.</li>
<li>The phone appears under <strong>Devices</strong> as soon as the app comes to the foreground.</li>
</ol>
<h2>If the app does not appear</h2>
<ol>
<li>Android blocks plain http by default: allow cleartext traffic in debug builds.</li>
<li>iOS asks for access to the local network: allow it, and allow local networking in the app's transport security settings.</li>
<li>The app must use an address that opens this page, with its own path behind it.</li>
</ol>
<hr>
<p>There is nothing else to see here.</p>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
