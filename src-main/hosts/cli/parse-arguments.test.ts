import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { commandTable } from './command-table.ts';
import { parseCommandLine, wantsJson } from './parse-arguments.ts';
import { UsageError } from './usage-error.ts';

const parse = (text: string) => parseCommandLine(text === '' ? [] : text.split(' '));

function caught(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('parseCommandLine', () => {
  it('reads arguments, options in both spellings, and global options anywhere', () => {
    expect(parse('--data-dir /d publish dist --app a.b --version=1.2.3 --allow-warnings --json')).toEqual({
      dataDir: '/d',
      isJson: true,
      action: {
        kind: 'run',
        command: 'publish',
        parsed: {
          arguments: ['dist'],
          options: {
            app: 'a.b',
            version: '1.2.3',
            bump: undefined,
            channel: undefined,
            notes: undefined,
            'no-delta': false,
            key: undefined,
            format: undefined,
            force: false,
            'allow-warnings': true,
          },
        },
      },
    });
  });

  it('knows commands of two words', () => {
    expect(parse('app rotate-token a.b').action).toMatchObject({ command: 'app rotate-token' });
    expect(parse('release show 1.0.0 --app a.b').action).toMatchObject({ parsed: { arguments: ['1.0.0'] } });
  });

  it('reads numbers', () => {
    expect(parse('serve --port 0 --control-port 65535').action).toMatchObject({
      parsed: { options: { port: 0, 'control-port': 65_535, 'no-control': false } },
    });
  });

  it('takes everything after -- as arguments', () => {
    expect(parse('check -- --strange-folder').action).toMatchObject({ parsed: { arguments: ['--strange-folder'] } });
  });

  it('takes a value that looks like an option with =, or when it is no option of the command', () => {
    expect(parse('publish dist --app a.b --notes=--json').action).toMatchObject({
      parsed: { options: { notes: '--json' } },
    });
    expect(parse('publish dist --app a.b --notes -fix').action).toMatchObject({
      parsed: { options: { notes: '-fix' } },
    });
  });

  it.each(['--version', '-V', '--json --version'])('understands %s', (text) => {
    expect(parse(text).action).toEqual({ kind: 'version' });
  });

  it.each([
    ['--help', null],
    ['-h', null],
    ['help', null],
    ['publish --help', 'publish'],
    ['publish -h', 'publish'],
    ['help app add', 'app add'],
  ])('understands %s', (text, command) => {
    expect(parse(text).action).toEqual({ kind: 'help', command });
  });

  it.each(['app --help', 'app -h', 'help app'])('understands %s', (text) => {
    expect(parse(text).action).toEqual({ kind: 'group-help', group: 'app' });
  });

  it.each([
    ['', 'No command was given.'],
    ['publsh dist', 'There is no command "publsh".'],
    ['constructor', 'There is no command "constructor".'],
    ['__proto__', 'There is no command "__proto__".'],
    ['key make x', 'There is no command "key make".'],
    ['conform', 'There is no command "conform".'],
    ['app', '"app" needs one of: add, list, show, remove, rotate-token.'],
    ['app --json', '"app" needs one of'],
    ['app ad x', 'There is no command "app ad".'],
    ['check', 'FOLDER|ZIP is missing.'],
    ['check a b', '"b" is one argument too many.'],
    ['channel set beta --app a.b --public maybe', '--public is true or false, not "maybe".'],
    ['channel set --public maybe beta --app a.b', '--public is true or false, not "maybe".'],
    ['channel set beta gamma --public --app a.b', '"gamma" is one argument too many.'],
    ['check a --constructor', 'There is no option --constructor.'],
    ['publish dist', '--app is missing.'],
    ['publish dist --app', '--app needs a value.'],
    ['publish dist --app --json', '--app needs a value.'],
    ['publish dist --app=', '--app needs a value.'],
    ['publish dist --app a --app b', '--app was given twice.'],
    ['publish dist --app a --kye k', 'There is no option --kye.'],
    ['publish dist --app a --bump huge', '--bump is one of patch, minor, major, not "huge".'],
    ['publish dist --app a --bump patch --version 1.0.0', '--version and --bump exclude each other.'],
    ['publish dist --app a --allow-warnings=no', '--allow-warnings takes no value.'],
    ['serve --port 65536', '--port is a whole number from 0 to 65535'],
    ['serve --port -1', '--port is a whole number'],
    ['serve --port 80.5', '--port is a whole number'],
    ['serve --port 0x50', '--port is a whole number'],
    ['serve --https-port 443', 'There is no option --https-port.'],
    ['serve --no-control --control-port 1', '--no-control and --control-port exclude each other.'],
    ['events --app a --limit 0', '--limit is a whole number from 1 to 5000'],
    ['check -x a', 'There is no option -x.'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parse(text)).toThrow(UsageError);
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses an empty argument', () => {
    expect(() => parseCommandLine(['check', ''])).toThrow('FOLDER|ZIP is empty.');
  });

  it('suggests what was probably meant', () => {
    expect(() => parse('publsh')).toThrow(expect.objectContaining({ hint: expect.stringContaining('"publish"') }));
    expect(() => parse('serve --prot 1')).toThrow(expect.objectContaining({ hint: expect.stringContaining('--port') }));
  });

  it('either reads a line or throws a usage error, whatever the line', () => {
    const words = [...Object.keys(commandTable).flatMap((name) => name.split(' ')), '--app', '--json', '--', '-h', '='];
    const word = fc.oneof(fc.string(), fc.constantFrom(...words));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        const failure = caught(() => parseCommandLine(argv));
        expect(failure === undefined || failure instanceof UsageError).toBe(true);
      }),
    );
  });
});

describe('wantsJson', () => {
  it('looks before -- only, so that a wrong line is refused in the form that was asked for', () => {
    expect(wantsJson(['nonsense', '--json'])).toBe(true);
    expect(wantsJson(['check', '--', '--json'])).toBe(false);
  });
});
