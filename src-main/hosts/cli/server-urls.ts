import { UsageError } from './usage-error.ts';

const names = ['update-url', 'stats-url', 'channel-url'] as const;

/** The addresses of a server as options give them. Throws `UsageError` for what is no http address. */
export function checkServerUrls(
  options: Readonly<Record<(typeof names)[number], string | undefined>>,
  hint: string,
): void {
  for (const name of names) {
    const url = options[name];
    if (url === undefined || (/^https?:\/\//i.test(url) && URL.canParse(url))) continue;
    throw new UsageError(`--${name} is no http address.`, hint, { option: `--${name}` });
  }
}
