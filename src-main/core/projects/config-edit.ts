import { literal } from '#core/connect/config-fragment.ts';

import type { ConfigNode, ConfigSource, ObjectNode, PropertyNode } from './config-source.ts';
import { propertyOf } from './config-source.ts';

export type SettingValue = string | number | boolean;

/** The text cannot be changed without running the config; the message is a reason for a sentence. */
export class ConfigEditError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ConfigEditError';
  }
}

/** A change of the text: `start` and `end` are places of the old text. */
type Edit = { readonly start: number; readonly end: number; readonly text: string };

type Style = {
  readonly eol: string;
  readonly indentUnit: string;
  readonly quote: '"' | "'";
  readonly quotesKeys: boolean;
  /** The whole config stands on one line: what is added stays there too. */
  readonly isOneLine: boolean;
};

/**
 * Sets values of the object at `path`, making the objects on the way. Everything else of the text stays as it is,
 * to the byte: comments, indentation, quotes, line ends. Throws `ConfigEditError`.
 */
export function setConfigValues(
  source: ConfigSource,
  path: readonly string[],
  values: Readonly<Record<string, SettingValue>>,
): string {
  const style = styleOf(source);
  let node = requireObject(source.root, 'the config');
  for (const [index, key] of path.entries()) {
    const property = propertyOf(node, key);
    if (property === null) throw new ConfigEditError(`${path.slice(0, index + 1).join('.')} is computed`);
    if (property === undefined) {
      const rest = path.slice(index + 1).toReversed();
      const nested = rest.reduce<Nested>((inner, name) => ({ [name]: inner }), values);
      return apply(source.text, insertion(source.text, node, [[key, nested]], style));
    }
    node = requireObject(property.value, path.slice(0, index + 1).join('.'));
  }

  const edits: Edit[] = [];
  const missing: [string, SettingValue][] = [];
  for (const [key, value] of Object.entries(values)) {
    const property = propertyOf(node, key);
    if (property === undefined) missing.push([key, value]);
    else edits.push(...replacement(property, [...path, key].join('.'), value, source.text, style));
  }
  if (missing.length > 0) edits.push(...insertion(source.text, node, missing, style));
  return apply(source.text, edits);
}

type Nested = { readonly [key: string]: SettingValue | Nested };

function requireObject(node: ConfigNode, name: string): ObjectNode {
  if (node.kind === 'object') return node;
  throw new ConfigEditError(node.kind === 'computed' ? `${name} is computed` : `${name} is not an object`);
}

function replacement(
  property: PropertyNode | null,
  name: string,
  value: SettingValue,
  text: string,
  style: Style,
): Edit[] {
  if (property === null || property.value.kind === 'computed') throw new ConfigEditError(`${name} is computed`);
  const { kind, start, end } = property.value;
  if (kind === 'literal' && property.value.value === value) return [];
  // A value that keeps its own kind of quotes makes the smallest change.
  const own = text[start];
  const quote = style.quotesKeys || (own !== '"' && own !== "'") ? style.quote : own;
  return [{ start, end, text: print(value, { ...style, quote }, '') }];
}

/** Adds properties at the end of an object, in its own layout. */
function insertion(
  text: string,
  node: ObjectNode,
  entries: readonly (readonly [string, SettingValue | Nested])[],
  style: Style,
): Edit[] {
  if (node.isOpen) throw new ConfigEditError('a part of it is taken over from elsewhere with "..."');
  const close = node.end - 1;
  const last = node.properties.reduce<PropertyNode | undefined>(
    (latest, property) => (latest && latest.end > property.end ? latest : property),
    undefined,
  );
  const contentEnd = endOfContent(text, last?.end ?? node.start + 1, close);
  const isMultiLine = last ? /[\r\n]/.test(text.slice(node.start, close)) : !style.isOneLine;
  const lineIndent = indentAt(text, node.start);
  const childIndent =
    last && startsItsLine(text, last.start) ? indentAt(text, last.start) : lineIndent + style.indentUnit;

  const edits: Edit[] = [];
  const hasComma = last !== undefined && hasCommaBetween(text, last.end, close);
  if (last && !hasComma) edits.push({ start: last.end, end: last.end, text: ',' });
  if (isMultiLine) {
    const lines = entries.map(([key, value]) => childIndent + printEntry(key, value, style, childIndent));
    const trailing = hasComma || (!last && !style.quotesKeys) ? ',' : '';
    // An empty or one-line tail has no line of its own for the closing brace yet.
    const closing = /[\r\n]/.test(text.slice(contentEnd, close)) ? '' : style.eol + lineIndent;
    const end = closing === '' ? contentEnd : close;
    edits.push({ start: contentEnd, end, text: style.eol + lines.join(`,${style.eol}`) + trailing + closing });
  } else {
    const inline = entries.map(([key, value]) => printEntry(key, value, { ...style, isOneLine: true }, '')).join(', ');
    const trailing = hasComma ? ',' : '';
    const isTight = last ? text[node.start + 1] !== ' ' : style.isOneLine && style.quotesKeys;
    const lead = last ? ' ' : isTight ? '' : ' ';
    const tail = last ? '' : isTight ? '' : ' ';
    edits.push({ start: contentEnd, end: last ? contentEnd : close, text: lead + inline + trailing + tail });
  }
  return edits;
}

/** Where the last thing of an object ends: a property, its comma, or a comment. */
function endOfContent(text: string, from: number, close: number): number {
  return from + text.slice(from, close).trimEnd().length;
}

/** Whether a comma stands in what is otherwise blanks and comments. */
function hasCommaBetween(text: string, from: number, to: number): boolean {
  return text
    .slice(from, to)
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\r\n\u2028\u2029]*/g, '')
    .includes(',');
}

function lineStart(text: string, place: number): number {
  return Math.max(text.lastIndexOf('\n', place - 1), text.lastIndexOf('\r', place - 1)) + 1;
}

function indentAt(text: string, place: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, place), place))?.[0] ?? '';
}

function startsItsLine(text: string, place: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, place), place));
}

function styleOf({ text, syntax, root }: ConfigSource): Style {
  const isJson = syntax === 'json';
  const objects = isJson || root.kind !== 'object' ? [] : root.properties;
  const quotesKeys = isJson || (objects.length > 0 && objects.every((property) => property.isQuoted));
  const singles = text.match(/'/g)?.length ?? 0;
  const doubles = text.match(/"/g)?.length ?? 0;
  return {
    eol: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n',
    indentUnit: indentUnitOf(text, root),
    quote: isJson || doubles > singles ? '"' : "'",
    quotesKeys,
    isOneLine: root.kind === 'object' && !/[\r\n]/.test(text.slice(root.start, root.end)),
  };
}

function indentUnitOf(text: string, root: ConfigNode): string {
  if (root.kind !== 'object') return '  ';
  const first = root.properties.find((property) => startsItsLine(text, property.start));
  const indent = first ? indentAt(text, first.start).slice(indentAt(text, root.start).length) : '';
  return indent === '' ? '  ' : indent;
}

function printEntry(key: string, value: SettingValue | Nested, style: Style, indent: string): string {
  const name = style.quotesKeys ? quoted(key, style.quote) : key;
  return `${name}: ${print(value, style, indent)}`;
}

function print(value: SettingValue | Nested, style: Style, indent: string): string {
  if (typeof value === 'string') return quoted(value, style.quote);
  if (typeof value !== 'object') return String(value);
  const inner = indent + style.indentUnit;
  const entries = Object.entries(value).map(([key, item]) => printEntry(key, item, style, inner));
  if (style.isOneLine) return `{ ${entries.join(', ')} }`;
  const trailing = style.quotesKeys ? '' : ',';
  const lines = entries.map((entry) => inner + entry).join(`,${style.eol}`);
  return `{${style.eol}${lines}${trailing}${style.eol}${indent}}`;
}

function quoted(text: string, quote: '"' | "'"): string {
  return quote === '"' ? JSON.stringify(text) : literal(text);
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  // From the back, so that places further up stay true; an insertion at one place keeps the order of the list.
  const ordered = [...edits].map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => b.edit.start - a.edit.start || b.index - a.index);
  for (const { edit } of ordered) result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}
