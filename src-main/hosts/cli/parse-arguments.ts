import { globalOptions, type CommandSpec, type OptionSpec, type OptionSpecs } from './command-spec.ts';
import { commandTable, type CommandName } from './command-table.ts';
import { UsageError } from './usage-error.ts';

type Values = Record<string, string | number | boolean | undefined>;

export type ParsedLine = {
  readonly dataDir: string | undefined;
  readonly isJson: boolean;
  readonly action:
    | { readonly kind: 'version' }
    | { readonly kind: 'help'; readonly command: CommandName | null }
    /** `slipway app --help`. */
    | { readonly kind: 'group-help'; readonly group: string }
    | {
        readonly kind: 'run';
        readonly command: CommandName;
        /** As the command's row of the table says. */
        readonly parsed: { readonly arguments: readonly string[]; readonly options: Readonly<Values> };
      };
};

const SEE_HELP = 'See `slipway --help`.';
const allSpecs: Readonly<Record<string, CommandSpec>> = commandTable;

/** Whether the answer to a wrong command line has to be JSON: asked for anywhere before `--`. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** Reads a command line (without program and script). Throws `UsageError`. */
export function parseCommandLine(argv: readonly string[]): ParsedLine {
  const rest = [...argv];
  const globals: Values = {};
  if (takeLeadingOptions(rest, globals)) return line(globals, { kind: 'version' });
  if (rest[0] === 'help') {
    rest.shift();
    const [group = ''] = rest;
    if (rest.length === 1 && isGroup(group)) return line(globals, { kind: 'group-help', group });
    return line(globals, { kind: 'help', command: rest.length === 0 ? null : takeCommand(rest) });
  }
  if (rest.length === 0) {
    if (globals['help']) return line(globals, { kind: 'help', command: null });
    throw new UsageError('No command was given.', SEE_HELP);
  }

  if (globals['help']) return line(globals, { kind: 'help', command: null });
  const [group = '', second] = rest;
  if (isGroup(group) && (second === '--help' || second === '-h')) return line(globals, { kind: 'group-help', group });
  const command = takeCommand(rest);
  const spec = allSpecs[command] as CommandSpec;
  const { values, words, doubtful } = readTokens(rest, { ...globalOptions, ...spec.options }, helpOf(command));
  const all = { ...globals, ...values };
  if (all['help']) return line(all, { kind: 'help', command });
  const options = checkOptions(spec, values, command);
  checkArguments(spec, words, doubtful, command);
  return line(all, { kind: 'run', command, parsed: { arguments: words, options } });
}

function line(globals: Values, action: ParsedLine['action']): ParsedLine {
  const dataDir = globals['data-dir'];
  return { dataDir: typeof dataDir === 'string' ? dataDir : undefined, isJson: globals['json'] === true, action };
}

/** Takes the options before the command. True: one of them was `--version`, which only there asks for the program's. */
function takeLeadingOptions(rest: string[], into: Values): boolean {
  while (rest[0]?.startsWith('-')) {
    if (rest[0] === '--version' || rest[0] === '-V') return true;
    takeOption(rest, globalOptions, into, SEE_HELP);
  }
  return false;
}

function takeCommand(rest: string[]): CommandName {
  const [first = '', second] = rest;
  if (first in commandTable && Object.hasOwn(commandTable, first)) {
    rest.shift();
    return first as CommandName;
  }
  const both = `${first} ${second ?? ''}`;
  if (second !== undefined && Object.hasOwn(commandTable, both)) {
    rest.splice(0, 2);
    return both as CommandName;
  }
  if (!isGroup(first)) {
    throw new UsageError(`There is no command "${first}".`, suggestion(first, commandWords(), SEE_HELP), {
      command: first,
    });
  }
  const members = Object.keys(commandTable)
    .filter((name) => name.startsWith(`${first} `))
    .map((name) => name.slice(first.length + 1));
  if (second === undefined || second.startsWith('-')) {
    throw new UsageError(`"${first}" needs one of: ${members.join(', ')}.`, helpOf(first), { command: first });
  }
  throw new UsageError(`There is no command "${both}".`, suggestion(second, members, helpOf(first)), { command: both });
}

function isGroup(word: string): boolean {
  return word !== '' && Object.keys(commandTable).some((name) => name.startsWith(`${word} `));
}

function commandWords(): string[] {
  return [...new Set(Object.keys(commandTable).map((name) => name.split(' ', 1)[0] ?? name))];
}

type Tokens = {
  readonly values: Values;
  readonly words: string[];
  /** Words that stand behind a `--public` without true or false: where there is one too many, it was meant as its value. */
  readonly doubtful: ReadonlyMap<string, string>;
};

function readTokens(tokens: string[], specs: OptionSpecs, hint: string): Tokens {
  const rest = [...tokens];
  const values: Values = {};
  const words: string[] = [];
  const doubtful = new Map<string, string>();
  for (let token = rest[0]; token !== undefined; token = rest[0]) {
    if (token === '--') {
      words.push(...rest.splice(1));
      rest.length = 0;
    } else if (token.startsWith('-') && token !== '-') {
      const before = rest.length;
      takeOption(rest, specs, values, hint);
      const next = rest[0];
      const isBare = specs[token.slice(2)]?.kind === 'boolean' && rest.length === before - 1;
      if (isBare && next !== undefined && !next.startsWith('-')) doubtful.set(next, token);
    } else {
      words.push(token);
      rest.shift();
    }
  }
  return { values, words, doubtful };
}

/** Takes one option with its value off the front. */
function takeOption(rest: string[], specs: OptionSpecs, into: Values, hint: string): void {
  const token = rest.shift() ?? '';
  const written = token === '-h' ? '--help' : token;
  const equals = written.indexOf('=');
  const name = written.slice(2, equals === -1 ? undefined : equals);
  const spec = written.startsWith('--') && Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (!spec) {
    const shown = equals === -1 ? token : token.slice(0, equals);
    const near = nearest(name, Object.keys(specs));
    throw new UsageError(`There is no option ${shown}.`, near ? `Did you mean --${near}? ${hint}` : hint, {
      option: shown,
    });
  }
  if (Object.hasOwn(into, name)) throw new UsageError(`--${name} was given twice.`, hint, { option: `--${name}` });
  if (spec.kind === 'flag') {
    if (equals !== -1) throw new UsageError(`--${name} takes no value.`, hint, { option: `--${name}` });
    into[name] = true;
    return;
  }
  if (spec.kind === 'boolean') {
    into[name] = equals === -1 ? takeBoolean(rest) : readBoolean(name, written.slice(equals + 1), hint);
    return;
  }
  const text = equals === -1 ? takeValue(rest, specs) : written.slice(equals + 1);
  if (text === undefined || text === '') {
    throw new UsageError(`--${name} needs a value.`, hint, { option: `--${name}` });
  }
  into[name] = readValue(name, spec, text, hint);
}

/** The next word where it says one of the two; left out it is true, and the next word is something else. */
function takeBoolean(rest: string[]): boolean {
  const isSaid = rest[0] === 'true' || rest[0] === 'false';
  return isSaid ? rest.shift() === 'true' : true;
}

function readBoolean(name: string, text: string, hint: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError(`--${name} is true or false, not "${text}".`, hint, { option: `--${name}`, value: text });
}

/** The next word, unless it is an option itself; a value that looks like one is given as `--name=value`. */
function takeValue(rest: string[], specs: OptionSpecs): string | undefined {
  const next = rest[0];
  if (next === undefined || next === '--') return undefined;
  const name = next.startsWith('--') ? next.slice(2).split('=', 1)[0] : undefined;
  if (name !== undefined && Object.hasOwn(specs, name)) return undefined;
  return rest.shift();
}

function readValue(
  name: string,
  spec: Exclude<OptionSpec, { kind: 'flag' | 'boolean' }>,
  text: string,
  hint: string,
): string | number {
  if (spec.kind === 'choice' && !spec.choices.includes(text)) {
    const choices = spec.choices.join(', ');
    throw new UsageError(`--${name} is one of ${choices}, not "${text}".`, hint, { option: `--${name}`, value: text });
  }
  if (spec.kind !== 'integer') return text;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= spec.min && number <= spec.max) return number;
  throw new UsageError(`--${name} is a whole number from ${spec.min} to ${spec.max}, not "${text}".`, hint, {
    option: `--${name}`,
    value: text,
  });
}

/** The command's own values; flags that were not given are false. */
function checkOptions(spec: CommandSpec, values: Values, command: CommandName): Values {
  for (const set of spec.exclusive ?? []) {
    const given = set.filter((name) => values[name] !== undefined);
    if (given.length > 1) {
      const names = given.map((name) => `--${name}`).join(' and ');
      throw new UsageError(`${names} exclude each other.`, helpOf(command), { option: `--${given[0] ?? ''}` });
    }
  }
  return Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => {
      if (option.isRequired && values[name] === undefined) {
        throw new UsageError(`--${name} is missing.`, helpOf(command), { option: `--${name}` });
      }
      return [name, values[name] ?? (option.kind === 'flag' ? false : undefined)];
    }),
  );
}

function checkArguments(
  spec: CommandSpec,
  words: readonly string[],
  doubtful: Tokens['doubtful'],
  command: CommandName,
): void {
  const missing = spec.arguments[words.length];
  if (missing) throw new UsageError(`${missing.name} is missing.`, helpOf(command), { argument: missing.name });
  const extra = words[spec.arguments.length];
  if (extra !== undefined) {
    const meant = words.find((word) => doubtful.has(word));
    if (meant === undefined) throw new UsageError(`"${extra}" is one argument too many.`, helpOf(command));
    const option = doubtful.get(meant) ?? '';
    throw new UsageError(`${option} is true or false, not "${meant}".`, helpOf(command), { option, value: meant });
  }
  const empty = words.indexOf('');
  if (empty !== -1) {
    const name = spec.arguments[empty]?.name ?? '';
    throw new UsageError(`${name} is empty.`, helpOf(command), { argument: name });
  }
}

function helpOf(command: string): string {
  return `See \`slipway ${command} --help\`.`;
}

function suggestion(word: string, known: readonly string[], seeHelp: string): string {
  const near = nearest(word, known);
  return near ? `Did you mean "${near}"? ${seeHelp}` : seeHelp;
}

/** The known word at most two typing mistakes away. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = word.length < 4 ? 1 : 2;
  const candidates = known.map((name) => ({ name, distance: editDistance(word, name) }));
  candidates.sort((left, right) => left.distance - right.distance);
  const best = candidates[0];
  return best && best.distance <= limit ? best.name : undefined;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let y = 1; y <= left.length; y += 1) {
    const next = [y];
    for (let x = 1; x <= right.length; x += 1) {
      const replace = (row[x - 1] ?? 0) + (left[y - 1] === right[x - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[x] ?? 0) + 1, (next[x - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
