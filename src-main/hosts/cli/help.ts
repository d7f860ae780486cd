import { globalOptions, type CommandSpec, type OptionSpecs } from './command-spec.ts';
import { commandTable, type CommandName } from './command-table.ts';

const WIDTH = 100;

/** All commands, one line each. */
export function generalHelp(version: string): string {
  return [
    `slipway ${version}: checks, zips and serves web builds to phones on the same network`,
    '',
    'Usage: slipway COMMAND [arguments] [options]',
    '',
    'Commands:',
    ...columns(commandRows()),
    '',
    'Options of every command:',
    ...columns(optionRows(globalOptions)),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage. `slipway COMMAND --help` tells more.',
  ].join('\n');
}

/** The commands that begin with the same word. */
export function groupHelp(group: string): string {
  const rows = commandRows().filter(([name]) => name.startsWith(`${group} `));
  return [
    `Usage: slipway ${group} COMMAND [arguments] [options]`,
    '',
    'Commands:',
    ...columns(rows),
    '',
    `\`slipway ${group} COMMAND --help\` tells more.`,
  ].join('\n');
}

function commandRows(): [string, string][] {
  return Object.entries(commandTable).map(([name, spec]) => [
    synopsis(name, spec, { withOptions: false }),
    spec.summary,
  ]);
}

/** One command with its options and examples. */
export function commandHelp(name: CommandName): string {
  const spec: CommandSpec = commandTable[name];
  const parts = [`Usage: slipway ${synopsis(name, spec, { withOptions: true })}`, '', sentence(spec.summary)];
  for (const paragraph of spec.description ?? []) parts.push('', ...wrap(paragraph, WIDTH));
  if (spec.arguments.length > 0) {
    parts.push('', 'Arguments:', ...columns(spec.arguments.map((entry) => [entry.name, entry.summary])));
  }
  parts.push('', 'Options:', ...columns(optionRows({ ...spec.options, ...globalOptions })));
  parts.push('', 'Examples:', ...spec.examples.map((example) => `  ${example}`));
  return parts.join('\n');
}

function synopsis(name: string, spec: CommandSpec, { withOptions }: { readonly withOptions: boolean }): string {
  const required = Object.entries(spec.options)
    .filter(([, option]) => option.isRequired)
    .map(([name, option]) => ('value' in option ? `--${name} ${option.value}` : `--${name}`));
  const hasMore = Object.values(spec.options).some((option) => !option.isRequired);
  return [
    name,
    ...spec.arguments.map((entry) => entry.name),
    ...required,
    ...(withOptions && hasMore ? ['[options]'] : []),
  ].join(' ');
}

function optionRows(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    if (option.kind === 'flag') return [`--${name}`, option.summary];
    if (option.kind === 'boolean') return [`--${name} true|false`, option.summary];
    const value = option.kind === 'choice' ? option.choices.join('|') : option.value;
    return [`--${name} ${value}`, option.summary];
  });
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(Math.max(...rows.map(([name]) => name.length)), 40);
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, WIDTH - left - 4);
    const [first = '', ...more] = lines;
    const indent = ' '.repeat(left + 4);
    return [`  ${name.padEnd(left)}  ${first}`.trimEnd(), ...more.map((part) => indent + part)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
