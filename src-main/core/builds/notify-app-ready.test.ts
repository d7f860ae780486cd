import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCallFinder, hasCall, pageHasCall } from './notify-app-ready.ts';

const calls = [
  'CapacitorUpdater.notifyAppReady()',
  'import{C as e}from"./x.js";e.notifyAppReady().then(()=>{});',
  'window.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady?.()',
  'e["notifyAppReady"]()',
  "nativePromise('CapacitorUpdater', 'notifyAppReady')",
  'const{notifyAppReady:t}=e;t()',
  'const { notifyAppReady } = CapacitorUpdater; if (ok) notifyAppReady()',
  'if(await u.notifyAppReady()){x()}',
  '/* https://example.com */ u . notifyAppReady ( )',
  'const f=u.notifyAppReady;setTimeout(f)',
  'run({notifyAppReady:u.ready})',
  'var a="//x";u.notifyAppReady()',
];
const others = [
  '',
  'notifyAppRead',
  'class W extends P{async notifyAppReady(){return{bundle:B}}}',
  'class W extends P{ notifyAppReady ( e , t ) { return 1 } }',
  't.prototype.notifyAppReady=function(){return 1}',
  'function notifyAppReady(){}',
  'var w={notifyAppReady:function(){}}',
  'var w={"notifyAppReady":async()=>({})}',
  'var w={notifyAppReady:e=>1}',
  '// CapacitorUpdater.notifyAppReady()\nfoo()',
  '/**\n * Call notifyAppReady() when ready.\n */\nfoo()',
];

describe('looking for a call of notifyAppReady', () => {
  it.each(calls)('finds %s', (script) => {
    expect(hasCall(script)).toBe(true);
  });

  it.each(others)('is not misled by %j', (script) => {
    expect(hasCall(script)).toBe(false);
  });

  it('finds the call of an app beside the definition that every copy of the plugin holds', () => {
    expect(hasCall(`${others[2]};${'x'.repeat(1000)};${calls[1]}`)).toBe(true);
  });

  it('looks at no place a second time, with less around it', () => {
    const finder = createCallFinder();
    const script = Buffer.from(`// CapacitorUpdater.notifyAppReady()\nfoo()${'z'.repeat(700)}`);
    finder.feed(script.subarray(0, 527));
    finder.feed(script.subarray(527));
    expect(finder.end()).toBe(false);
  });

  it('gives the same answer wherever the script is cut into pieces', () => {
    const padding = fc.oneof(
      fc.constantFrom('', 'a;', 'x'.repeat(255), 'y'.repeat(256), 'z'.repeat(700), '\n'.repeat(300)),
      fc
        .tuple(fc.constantFrom('x', ' ', '\n', '/*', '//', 'é'), fc.nat(300))
        .map(([text, times]) => text.repeat(times)),
    );
    // Several in one script, calls less often: after the first one nothing is looked at any more.
    const script = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...others) },
      { weight: 1, arbitrary: fc.constantFrom(...calls) },
    );
    const scripts = fc.array(
      fc.tuple(padding, script).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 4 },
    );
    const cuts = fc.array(fc.nat(3000), { maxLength: 8 });
    fc.assert(
      fc.property(scripts, padding, cuts, (before, after, places) => {
        const whole = Buffer.from(before.join('') + after);
        const finder = createCallFinder();
        let from = 0;
        for (const place of [...places.toSorted((left, right) => left - right), whole.length]) {
          // Into a buffer that is used again, as readers do.
          const piece = Buffer.from(whole.subarray(from, place));
          finder.feed(piece);
          piece.fill(0);
          from = Math.max(from, Math.min(place, whole.length));
        }
        expect(finder.end()).toBe(hasCall(whole.toString()));
      }),
      { numRuns: 500 },
    );
  });

  it('looks into inline scripts and handlers of a page, and nowhere else in it', () => {
    expect(pageHasCall('<script>u.notifyAppReady()</script>')).toBe(true);
    expect(pageHasCall('<script type="module">\n  u.notifyAppReady()\n</script>')).toBe(true);
    expect(pageHasCall('<body onload="u.notifyAppReady()">')).toBe(true);
    expect(pageHasCall('<p>Call u.notifyAppReady() first</p>')).toBe(false);
    expect(pageHasCall('<!-- <script>u.notifyAppReady()</script> -->')).toBe(false);
    expect(pageHasCall('<p>')).toBe(false);
  });
});
