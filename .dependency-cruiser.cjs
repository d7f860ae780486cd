/* Who may import whom: the layers of resources/docs/architecture. Keep in step with README.md. */
const BUILT_IN = Symbol('node built-ins');
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: {
    pathNot: allowed.filter((entry) => entry !== BUILT_IN),
    ...(allowed.includes(BUILT_IN) ? { dependencyTypesNot: ['core'] } : {}),
  },
});
const npm = (...names) => `node_modules/(${names.map((name) => name.replace('/', '\\/')).join('|')})/`;
const nodeTypes = npm('@types/node', '@types/.+');

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(electron|virtual:)|\\.css$|\\?' },
    },
    only(
      'contract-is-pure',
      '^src-main/contract/',
      ['^src-main/contract/', npm('zod')],
      'The contract runs in browsers and in Node: zod only.',
    ),
    only(
      'core-knows-no-host',
      '^src-main/core/',
      [
        '^src-main/(core|contract)/',
        npm('zod', 'yauzl', 'semver', 'uuid', 'magicast', 'diff', '@types/yauzl', '@types/semver', 'pino'),
        BUILT_IN,
      ],
      'The product: Node built-ins and domain libraries. No Electron, no Fastify, no React, no api, no servers.',
    ),
    only(
      'api-translates',
      '^src-main/api/',
      ['^src-main/(api|core|contract)/', npm('zod', 'uuid'), BUILT_IN],
      'The api layer stands between contract and core.',
    ),
    only(
      'device-listener-has-no-control-code',
      '^src-main/servers/device/',
      [
        '^src-main/servers/(device|shared)/',
        '^src-main/(core|contract)/',
        npm('fastify', '@fastify/.+', 'fastify-plugin', 'zod', 'pino'),
        BUILT_IN,
      ],
      'Phones reach this listener: it must not even be able to import control routes or the api.',
    ),
    only(
      'control-listener',
      '^src-main/servers/control/',
      [
        '^src-main/servers/(control|shared)/',
        '^src-main/(api|core|contract)/',
        npm('fastify', '@fastify/.+', 'fastify-plugin', 'zod', 'pino'),
        BUILT_IN,
      ],
      'The control listener serves the api and the UI.',
    ),
    {
      name: 'electron-only-in-desktop',
      severity: 'error',
      from: { path: '^src-', pathNot: '^(src-main/hosts/desktop/|src-preload/)' },
      to: { path: '(^|/)electron($|/)' },
    },
    {
      name: 'sqlite-only-in-storage',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/core/storage/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'desktop-host-stands-alone',
      severity: 'error',
      from: { path: '^src-main/hosts/desktop/' },
      to: { path: '^src-main/hosts/(headless|cli|launcher)/' },
    },
    {
      name: 'headless-host-stands-alone',
      severity: 'error',
      from: { path: '^src-main/hosts/headless/' },
      to: { path: '^src-main/hosts/(desktop|cli|launcher)/' },
    },
    {
      name: 'cli-may-start-headless-only',
      severity: 'error',
      from: { path: '^src-main/hosts/cli/' },
      to: { path: '^src-main/hosts/(desktop|launcher)/' },
    },
    {
      name: 'shared-host-code-knows-no-host',
      severity: 'error',
      from: { path: '^src-main/hosts/shared/' },
      to: { path: '^src-main/hosts/(desktop|headless|cli|launcher)/' },
    },
    {
      name: 'nothing-imports-hosts',
      severity: 'error',
      from: { path: '^src-main/(contract|core|api|servers)/|^src-(preload|renderer)/' },
      to: { path: '^src-main/hosts/' },
    },
    only(
      'preload-is-small',
      '^src-preload/',
      ['^src-preload/', '^src-main/contract/', '(^|/)electron($|/)'],
      'The preload exposes four functions and knows the contract only.',
    ),
    only(
      'renderer-knows-the-contract-only',
      '^src-renderer/',
      ['^src-renderer/', '^src-main/contract/', '^resources/', 'node_modules/(?!electron|fastify|@fastify|pino|yauzl)'],
      'The renderer imports nothing of src-main but the contract; never node: built-ins.',
    ),
    {
      name: 'features-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src-renderer/features/([^/]+)/' },
      to: { path: '^src-renderer/features/', pathNot: '^src-renderer/features/$1/' },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^src-', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^test/|\\.test\\.tsx?$' },
    },
    {
      name: 'no-dev-packages-at-run-time',
      severity: 'error',
      from: { path: '^src-main/(contract|core|api|servers)/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['npm-dev'], pathNot: nodeTypes },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    exclude: { path: '^(out|dist)/' },
  },
};
