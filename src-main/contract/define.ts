import type { z } from 'zod';

/** One call of the contract: what goes in, what comes out. Both sides parse with these schemas. */
export type Procedure<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  /** A query only reads, a command may change state. Transports may retry queries. */
  readonly kind: 'query' | 'command';
  readonly input: Input;
  readonly output: Output;
};

/** Procedures by domain and name: `contract.releases.publish`. */
export type Contract = { readonly [domain: string]: { readonly [name: string]: Procedure } };

export function query<Input extends z.ZodType, Output extends z.ZodType>(parts: {
  readonly input: Input;
  readonly output: Output;
}): Procedure<Input, Output> & { readonly kind: 'query' } {
  return { kind: 'query', ...parts };
}

export function command<Input extends z.ZodType, Output extends z.ZodType>(parts: {
  readonly input: Input;
  readonly output: Output;
}): Procedure<Input, Output> & { readonly kind: 'command' } {
  return { kind: 'command', ...parts };
}

/** What a caller passes: defaults may be left out. */
export type InputOf<P extends Procedure> = z.input<P['input']>;
/** What a handler receives after parsing. */
export type ParsedInputOf<P extends Procedure> = z.output<P['input']>;
export type OutputOf<P extends Procedure> = z.output<P['output']>;

/** The typed face of a contract for callers: `client.releases.publish({...})`; rejects with `ApiError`. */
export type Client<C extends Contract> = {
  readonly [D in keyof C]: {
    readonly [N in keyof C[D]]: (input: InputOf<C[D][N]>, options?: CallOptions) => Promise<OutputOf<C[D][N]>>;
  };
};

/** `AbortSignal` by shape: the contract compiles without DOM and Node types. */
export type AbortSignalLike = { readonly aborted: boolean };

export type CallOptions = {
  /** Stops waiting. Long work is a job and is cancelled with `jobs.cancel`, not with this. */
  readonly signal?: AbortSignalLike;
};

/** What the api layer implements, one function per procedure. */
export type Handlers<C extends Contract, Context> = {
  readonly [D in keyof C]: {
    readonly [N in keyof C[D]]: (
      input: ParsedInputOf<C[D][N]>,
      context: Context,
    ) => Promise<z.input<C[D][N]['output']>> | z.input<C[D][N]['output']>;
  };
};
