type OptionBase = {
  /** One line of help. */
  readonly summary: string;
  readonly isRequired?: true;
};

/** How an option is written and what it takes. */
export type OptionSpec =
  | (OptionBase & { readonly kind: 'flag' })
  /** `true` or `false`, which may be left out for true. */
  | (OptionBase & { readonly kind: 'boolean' })
  | (OptionBase & { readonly kind: 'text'; readonly value: string })
  | (OptionBase & { readonly kind: 'integer'; readonly value: string; readonly min: number; readonly max: number })
  | (OptionBase & { readonly kind: 'choice'; readonly choices: readonly string[] });

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** An argument without a name; all are required. */
export type ArgumentSpec = { readonly name: string; readonly summary: string };

export type CommandSpec = {
  readonly summary: string;
  /** More than one line can say; paragraphs. */
  readonly description?: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: OptionSpecs;
  /** At most one option of each of these sets. */
  readonly exclusive?: readonly (readonly string[])[];
  readonly examples: readonly string[];
};

type ValueOf<O extends OptionSpec> = O extends { readonly kind: 'flag' | 'boolean' }
  ? boolean
  : O extends { readonly kind: 'integer' }
    ? number
    : O extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : string;

type OptionValue<O extends OptionSpec> = O extends { readonly kind: 'flag' } | { readonly isRequired: true }
  ? ValueOf<O>
  : ValueOf<O> | undefined;

/** One word per argument; a mapped tuple stays a tuple only over a type parameter of its own. */
type Words<Arguments extends readonly ArgumentSpec[]> = { readonly [Index in keyof Arguments]: string };

/** What a command gets of its own part of the command line, after it was found right. */
export type Parsed<C extends CommandSpec> = {
  readonly arguments: Words<C['arguments']>;
  readonly options: { readonly [Name in keyof C['options']]: OptionValue<C['options'][Name]> };
};

/** Options that every command takes. */
export const globalOptions = {
  'data-dir': {
    kind: 'text',
    value: 'DIR',
    summary: 'where everything lives; else SLIPWAY_DATA_DIR, else the per-user application data folder',
  },
  json: { kind: 'flag', summary: 'one JSON document on stdout, nothing else there' },
  help: { kind: 'flag', summary: 'shows this' },
} as const satisfies OptionSpecs;
