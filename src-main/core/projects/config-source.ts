import type { ASTNode } from 'magicast';

/**
 * A Capacitor config as text with the places of its values, read without running it.
 * Offsets count UTF-16 units of the text that was given.
 */
export type ConfigNode = ObjectNode | LiteralNode | ListNode | ComputedNode;

type Span = { readonly start: number; readonly end: number };

export type ObjectNode = Span & {
  readonly kind: 'object';
  /** The last one of each name, in the order of the text. */
  readonly properties: readonly PropertyNode[];
  /** It may have more than these: spreads, computed names, accessors. */
  readonly isOpen: boolean;
  /** Names that statements further down touch. */
  readonly touched: ReadonlySet<string>;
};

export type PropertyNode = Span & { readonly key: string; readonly isQuoted: boolean; readonly value: ConfigNode };

export type LiteralNode = Span & { readonly kind: 'literal'; readonly value: string | number | boolean | null };

export type ListNode = Span & { readonly kind: 'list' };

/** Anything that only running the config would tell. */
export type ComputedNode = Span & { readonly kind: 'computed' };

export type ConfigSyntax = 'json' | 'script';

export type ConfigSource = {
  readonly text: string;
  readonly syntax: ConfigSyntax;
  readonly root: ConfigNode;
};

/** The file is not what its name says; the message is a reason for a sentence. */
export class ConfigSyntaxError extends Error {
  constructor(reason: string, options?: { readonly cause?: unknown }) {
    super(reason, options);
    this.name = 'ConfigSyntaxError';
  }
}

/** Rejects with `ConfigSyntaxError`. */
export async function parseConfig(text: string, syntax: ConfigSyntax): Promise<ConfigSource> {
  if (syntax === 'json') {
    requireJsonObject(text);
    // JSON is an expression of JavaScript: one reader gives the places of the values of both.
    return { text, syntax, root: await readModule(`(${text}\n)`, 1) };
  }
  return { text, syntax, root: await readModule(text, 0) };
}

/** The property of that name, or undefined; null when it may be there but only running the config would tell. */
export function propertyOf(node: ConfigNode | undefined, key: string): PropertyNode | null | undefined {
  if (!node) return undefined;
  if (node.kind === 'computed') return null;
  if (node.kind !== 'object') return undefined;
  const isUncertain = node.isOpen || node.touched.has(key);
  return node.properties.find((property) => property.key === key) ?? (isUncertain ? null : undefined);
}

function requireJsonObject(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // V8 quotes the text around the error; what it says about the place is enough.
    const place = error instanceof Error ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
    throw new ConfigSyntaxError(`it is not valid JSON${place ? ` (${place})` : ''}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigSyntaxError('it is not a JSON object');
  }
}

type Reference = { readonly node: ASTNode; readonly parent: ASTNode };

type Reader = {
  readonly spanOf: (node: ASTNode) => Span;
  /** Initial values of the constants at the top of the file. */
  readonly constants: ReadonlyMap<string, ASTNode>;
  /** Where each name is used as a value. */
  readonly references: ReadonlyMap<string, readonly Reference[]>;
  /** Names being resolved, so that `const a = b, b = a` ends. */
  readonly resolving: Set<string>;
};

/** `added`: how many characters stand before the text of the file. */
async function readModule(code: string, added: number): Promise<ConfigNode> {
  try {
    const { program, places } = await parseProgram(code);
    const place = (at: number | null | undefined) => {
      const found = typeof at === 'number' ? places[at] : undefined;
      if (found === undefined) throw new ConfigSyntaxError('it cannot be parsed');
      return found - added;
    };
    const reader: Reader = {
      spanOf: (node) => ({ start: place(node.start), end: place(node.end) }),
      constants: constantsOf(program),
      references: referencesOf(program),
      resolving: new Set(),
    };
    const exported = exportedValue(program);
    return exported ? read(exported, reader) : { kind: 'computed', start: 0, end: 0 };
  } catch (error) {
    if (error instanceof ConfigSyntaxError) throw error;
    // A RangeError is the stack: a file that nests thousands of times.
    const line = error instanceof Error ? /\((\d+):\d+\)/.exec(error.message)?.[1] : undefined;
    throw new ConfigSyntaxError(line ? `line ${line} is not valid` : 'it cannot be parsed', { cause: error });
  }
}

type Program = Extract<ASTNode, { type: 'Program' }>;

/**
 * The parser counts places after it wrote every line end anew and expanded leading white space. Given a tab width of 1
 * and none of the blanks that it counts as 0, only the two characters of CRLF are left to put back: `places` has, for
 * each place it knows, the one in `code`.
 */
async function parseProgram(code: string): Promise<{
  readonly program: Program;
  readonly places: readonly number[];
}> {
  // Loaded when a config is read: it brings a whole parser, for which no other command should wait.
  const { parseModule } = await import('magicast');
  const plain = code.replaceAll(/[\v\f\uFEFF]/g, ' ').replaceAll(/\r(?!\n)/g, '\n');
  const ast = parseModule(plain.replaceAll('\r\n', '\n'), { tabWidth: 1, lineTerminator: '\n' }).$ast;
  if (ast.type !== 'Program') throw new ConfigSyntaxError('it cannot be parsed');
  const places: number[] = [];
  for (let index = 0; index <= plain.length; index += 1) {
    // A node that ends with its line ends before both characters.
    if (plain[index] !== '\n' || plain[index - 1] !== '\r') places.push(index);
  }
  return { program: ast, places };
}

function constantsOf(program: Program): Map<string, ASTNode> {
  const constants = new Map<string, ASTNode>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init) constants.set(id.name, init);
    }
  }
  return constants;
}

/** What the file hands to Capacitor: `export default`, `export =`, `module.exports =`, or the one JSON expression. */
function exportedValue(program: Program): ASTNode | undefined {
  let found: ASTNode | undefined;
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') found = statement.declaration;
    else if (statement.type === 'TSExportAssignment') found = statement.expression;
    else if (statement.type === 'ExpressionStatement') {
      const { expression } = statement;
      if (expression.type === 'ObjectExpression') found = expression;
      if (expression.type === 'AssignmentExpression' && isModuleExports(expression.left)) found = expression.right;
    }
  }
  return found;
}

function isModuleExports(node: ASTNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.property.type === 'Identifier' &&
    ((node.object.name === 'module' && node.property.name === 'exports') ||
      (node.object.name === 'exports' && node.property.name === 'default'))
  );
}

function read(node: ASTNode, reader: Reader): ConfigNode {
  const span = reader.spanOf(node);
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return { kind: 'literal', value: node.value, ...span };
    case 'NullLiteral':
      return { kind: 'literal', value: null, ...span };
    case 'TemplateLiteral': {
      const [only] = node.quasis;
      const text = only?.value.cooked;
      if (node.expressions.length > 0 || typeof text !== 'string') return { kind: 'computed', ...span };
      return { kind: 'literal', value: text, ...span };
    }
    case 'ArrayExpression':
      return { kind: 'list', ...span };
    case 'ObjectExpression':
      return readObject(node, reader);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return read(node.expression, reader);
    case 'Identifier':
      return readConstant(node, reader);
    case 'CallExpression': {
      // `defineConfig({…})` and its like hand their argument through; any other call may do anything with it.
      const [argument] = node.arguments;
      const isDefine = node.callee.type === 'Identifier' && /^define\w*Config$/.test(node.callee.name);
      return isDefine && argument ? read(argument, reader) : { kind: 'computed', ...span };
    }
    default:
      return { kind: 'computed', ...span };
  }
}

function readObject(node: Extract<ASTNode, { type: 'ObjectExpression' }>, reader: Reader): ObjectNode {
  const properties = new Map<string, PropertyNode>();
  let isOpen = false;
  for (const member of node.properties) {
    const key = member.type === 'ObjectProperty' && !member.computed ? keyOf(member.key) : undefined;
    if (member.type !== 'ObjectProperty' || key === undefined) {
      isOpen = true;
      // What comes later wins, so nothing before a spread is certain.
      for (const [name, property] of properties) {
        properties.set(name, { ...property, value: { kind: 'computed', start: property.start, end: property.end } });
      }
      continue;
    }
    properties.delete(key);
    properties.set(key, {
      ...reader.spanOf(member),
      key,
      isQuoted: member.key.type === 'StringLiteral',
      value: read(member.value, reader),
    });
  }
  const span = reader.spanOf(node);
  return { kind: 'object', properties: [...properties.values()], isOpen, touched: new Set(), ...span };
}

function keyOf(node: ASTNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'StringLiteral') return node.value;
  return node.type === 'NumericLiteral' ? String(node.value) : undefined;
}

/** A constant's value, less what other statements may have done to it. */
function readConstant(node: Extract<ASTNode, { type: 'Identifier' }>, reader: Reader): ConfigNode {
  const computed: ComputedNode = { kind: 'computed', ...reader.spanOf(node) };
  const initial = reader.constants.get(node.name);
  if (!initial || reader.resolving.has(node.name)) return computed;
  reader.resolving.add(node.name);
  const value = read(initial, reader);
  reader.resolving.delete(node.name);

  const others = (reader.references.get(node.name) ?? []).filter((reference) => reference.node !== node);
  if (others.length === 0) return value;
  if (value.kind === 'literal') return others.some(isAssignmentTo) ? computed : value;
  const touched = new Set<string>();
  for (const other of others) {
    const key = touchedKey(other);
    if (value.kind !== 'object' || key === undefined) return computed;
    touched.add(key);
  }
  if (value.kind !== 'object') return computed;
  const properties = value.properties.map((property) =>
    touched.has(property.key) ? { ...property, value: computed } : property,
  );
  return { ...value, touched, properties };
}

/** `config.server…`: the key it touches. Anything else may touch all. */
function touchedKey({ node, parent }: Reference): string | undefined {
  if (parent.type !== 'MemberExpression' || parent.object !== node) return undefined;
  if (!parent.computed && parent.property.type === 'Identifier') return parent.property.name;
  return parent.computed && parent.property.type === 'StringLiteral' ? parent.property.value : undefined;
}

function isAssignmentTo({ node, parent }: Reference): boolean {
  return (parent.type === 'AssignmentExpression' && parent.left === node) || parent.type === 'UpdateExpression';
}

/** Every use of a name as a value; declarations, property names and types are none. */
function referencesOf(program: Program): Map<string, Reference[]> {
  const references = new Map<string, Reference[]>();
  const stack: { node: ASTNode; parent: ASTNode; slot: string }[] = [{ node: program, parent: program, slot: '' }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, parent, slot } = next;
    if (node.type === 'Identifier' && isValueUse(parent, slot)) {
      const uses = references.get(node.name) ?? [];
      uses.push({ node, parent });
      references.set(node.name, uses);
    }
    for (const [child, childSlot] of childrenOf(node)) stack.push({ node: child, parent: node, slot: childSlot });
  }
  return references;
}

function isValueUse(parent: ASTNode, slot: string): boolean {
  switch (parent.type) {
    case 'VariableDeclarator':
      return slot !== 'id';
    case 'MemberExpression':
      return slot === 'object' || parent.computed;
    case 'ObjectProperty':
      return slot === 'value' || parent.computed;
    case 'ObjectMethod':
      return parent.computed;
    default:
      return (
        !parent.type.startsWith('TSType') && !parent.type.startsWith('Import') && parent.type !== 'TSQualifiedName'
      );
  }
}

/** Parser bookkeeping that leads back up or to a second copy of the tree. */
const notChildren = new Set(['loc', 'original', 'comments', 'tokens', 'extra', 'typeAnnotation', 'errors']);

function* childrenOf(node: ASTNode): Generator<[ASTNode, string]> {
  for (const [slot, value] of Object.entries(node as unknown as Record<string, unknown>)) {
    if (notChildren.has(slot)) continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) yield [child, slot];
    }
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
