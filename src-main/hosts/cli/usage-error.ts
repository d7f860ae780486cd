/** The command line itself was wrong: exit code 2. */
export class UsageError extends Error {
  readonly hint: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(message: string, hint: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
    this.details = details;
  }
}
