import { describe, expect, it } from 'vitest';

import { checkReferences, readReferences, readSrcset, resolveInBundle } from './references.ts';

const files = [
  'index.html',
  'app.js',
  'assets/index-abc.js',
  'assets/style.css',
  'assets/my logo.svg',
  'Logo.png',
  'docs/index.html',
];

/** `CODE url [-> found]` for each problem of a page. */
function problems(page: string): string[] {
  return checkReferences(readReferences(page), files).map((problem) =>
    'found' in problem ? `${problem.code} ${problem.url} -> ${problem.found}` : `${problem.code} ${problem.url}`,
  );
}

describe('what index.html names', () => {
  it.each([
    ['relative', '<script src="app.js"></script><script src=./assets/index-abc.js></script>'],
    ['from the root, which is the bundle’s in Capacitor', '<script type="module" src="/assets/index-abc.js"></script>'],
    ['with query and fragment', '<link rel="stylesheet" href="/assets/style.css?v=1#x">'],
    ['percent-encoded', '<link rel="icon" href="/assets/my%20logo.svg">'],
    ['with a space at its ends', '<link rel=stylesheet href=" assets/style.css ">'],
    ['above the root, which browsers take for the root', '<script src="../../app.js"></script>'],
    ['below a base', '<base href="/assets/"><script src="index-abc.js"></script>'],
    ['a folder', '<link rel="icon" href="/docs/">'],
    [
      'elsewhere',
      '<script src="https://cdn.example/x.js"></script><script src="//cdn.example/x.js"></script><img src="data:,x"><img src="blob:x"><img src="">',
    ],
    ['below a base elsewhere', '<base href="https://cdn.example/"><script src="x.js"></script>'],
    ['no script', '<script type="importmap" src="x.json"></script><script type="text/template" src="y"></script>'],
    [
      'no file',
      '<link rel="canonical" href="/x"><link rel="preconnect" href="/y"><a href="/z">z</a><form action="/f">',
    ],
    ['only in a comment', '<!-- <script src="gone.js"></script> -->'],
  ])('is found when it is %s', (_, page) => {
    expect(problems(page)).toEqual([]);
  });

  it.each([
    ['<script src="gone.js"></script>', ['REFERENCED_FILE_MISSING gone.js']],
    ['<script type="module" src="/gone.mjs"></script>', ['REFERENCED_FILE_MISSING /gone.mjs']],
    ['<link rel="stylesheet" href="gone.css">', ['REFERENCED_FILE_MISSING gone.css']],
    ['<link rel="modulepreload" href="gone.js"><script src="gone.js"></script>', ['REFERENCED_FILE_MISSING gone.js']],
    ['<link rel="preload" as="script" href="gone.js">', ['REFERENCED_FILE_MISSING gone.js']],
    ['<link rel="shortcut icon" href="gone.ico">', ['REFERENCED_ASSET_MISSING gone.ico']],
    ['<link rel="manifest" href="/gone.json">', ['REFERENCED_ASSET_MISSING /gone.json']],
    [
      '<img src="gone.png" srcset="Logo.png 1x, gone2.png 2x">',
      ['REFERENCED_ASSET_MISSING gone.png', 'REFERENCED_ASSET_MISSING gone2.png'],
    ],
    ['<img src="%PUBLIC_URL%/x.png">', ['REFERENCED_ASSET_MISSING %PUBLIC_URL%/x.png']],
    // Capacitor serves it itself; what old templates name is not missed.
    ['<script src="cordova.js"></script>', ['REFERENCED_ASSET_MISSING cordova.js']],
    ['<img src="logo.png">', ['REFERENCED_FILE_CASE logo.png -> Logo.png']],
    [
      '<script src="/my-app/assets/index-abc.js"></script>',
      ['REFERENCED_FILE_ABOVE_ROOT /my-app/assets/index-abc.js -> assets/index-abc.js'],
    ],
    ['<base href="/my-app/"><script src="app.js"></script>', ['REFERENCED_FILE_ABOVE_ROOT app.js -> app.js']],
    // `assets` is a folder of the bundle, so this is a missing file and no base path.
    [
      '<img src="/assets/app.js.png"><script src="/assets/app.js"></script>',
      ['REFERENCED_ASSET_MISSING /assets/app.js.png', 'REFERENCED_FILE_MISSING /assets/app.js'],
    ],
  ])('is told about when it is not there: %s', (page, expected) => {
    expect(problems(page)).toEqual(expected);
  });

  it('reads srcset with commas inside and behind addresses', () => {
    expect(readSrcset('a.png 1x, b,c.png 2x')).toEqual(['a.png', 'b,c.png']);
    expect(readSrcset('a.png, b.png 2x,c.png')).toEqual(['a.png', 'b.png', 'c.png']);
    expect(readSrcset(' , a.png 100w 50h , data:image/png;base64,AA== 2x')).toEqual([
      'a.png',
      'data:image/png;base64,AA==',
    ]);
    expect(readSrcset('')).toEqual([]);
  });

  it('resolves hostile addresses inside the bundle or not at all', () => {
    expect(resolveInBundle('../../../etc/passwd', null)).toBe('etc/passwd');
    expect(resolveInBundle('%2e%2e/%2e%2e/x', null)).toBe('x');
    expect(resolveInBundle('file:///etc/passwd', null)).toBeNull();
    expect(resolveInBundle('http://[broken', null)).toBeNull();
    expect(resolveInBundle('x.js', 'http://[broken')).toBeNull();
    expect(resolveInBundle('%zz', null)).toBe('%zz');
  });
});
