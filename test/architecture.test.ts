import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/*
 * Who may import whom, and what the pure parts may not touch.
 */

const root = path.resolve(import.meta.dirname, '..');

interface Module {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly names: string }[];
}

const importPattern =
  /^\s*(?:import|export)\s+((?:type\s+)?(?:[\w*\s{},$]+?)\s+from\s+)?['"]([^'"\n]+)['"]/gm;
const dynamicPattern = /\bimport\(\s*['"]([^'"\n]+)['"]\s*[,)]/g;

/** Removes comments, so that examples in them are not taken for code. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

function readModules(pattern: string): Module[] {
  return globSync(pattern, { cwd: root, exclude: name => name === 'node_modules' || name === 'dist' }).map(
    file => {
      const text = withoutComments(readFileSync(path.join(root, file), 'utf8'));
      const imports = [
        ...Array.from(text.matchAll(importPattern), match => ({
          names: match[1] ?? '',
          from: match[2] as string,
        })),
        ...Array.from(text.matchAll(dynamicPattern), match => ({ names: '', from: match[1] as string })),
      ].map(({ names, from }) => ({ names, from: from.startsWith('.') ? resolveImport(file, from) : from }));
      return { file: file.replaceAll('\\', '/'), text, imports };
    },
  );
}

function resolveImport(file: string, from: string): string {
  return path.relative(root, path.resolve(root, path.dirname(file), from)).replaceAll('\\', '/');
}

const isTest = ({ file }: Module) => /\.(test|fixture|test-d)\.ts$/.test(file) || file.includes('/fixtures/');
const source = readModules('src/**/*.ts').filter(module => !isTest(module));
const inside = (folder: string) => source.filter(({ file }) => file.startsWith(`src/${folder}/`));

/** The only list of what exists, and so the one place in the core that names plugins. */
const compositionRoot = 'src/core/app.ts';

/** Imports of a folder's modules from our own source that lead neither into it nor into the allowed folders. */
function strays(folder: string, allowed: readonly string[]): string[] {
  const roots = [folder, ...allowed].map(name => `src/${name}/`);
  return inside(folder).flatMap(({ file, imports }) =>
    imports
      .filter(({ from }) => !(file === compositionRoot && from.startsWith('src/plugins/')))
      .filter(({ from }) => !isPackage(from) && !roots.some(start => from.startsWith(start)))
      .filter(({ from }) => !/\.json$/.test(from))
      .map(({ from }) => `${file} imports ${from}`),
  );
}

function isPackage(from: string): boolean {
  return !/^(src|test|bench|plugins-examples|dashboard|migrations)\//.test(from) && !from.endsWith('.ts');
}

/** Every module that imports a package, or anything below it. */
function importersOf(name: string): string[] {
  return source
    .filter(({ imports }) => imports.some(({ from }) => from === name || from.startsWith(`${name}/`)))
    .map(({ file }) => file);
}

test('the source is found', () => {
  expect(source.length).toBeGreaterThan(100);
  expect(source.flatMap(({ imports }) => imports).length).toBeGreaterThan(300);
});

describe('imports', () => {
  test.each([
    ['plugin-api', []],
    ['simulation', []],
    ['schema', ['plugin-api']],
    ['core', ['schema', 'plugin-api']],
    ['testing', ['plugin-api', 'core', 'simulation']],
    ['cli', ['core', 'schema', 'plugin-api', 'plugins', 'testing', 'simulation']],
  ] as const)('of %s lead to nothing but %j', (folder, allowed) => {
    expect(strays(folder, allowed)).toEqual([]);
  });

  test("of plugins lead to the plugin API, to the simulation, to their own folder, to what their kind shares, and to other plugins' refs", () => {
    const wrong = inside('plugins').flatMap(({ file, imports }) => {
      const [, , kind, name] = file.split('/');
      return imports
        .filter(
          ({ from }) =>
            !isPackage(from) && !/^src\/(plugin-api|simulation)\//.test(from) && !from.endsWith('.json'),
        )
        .filter(({ from }) => {
          const [, , otherKind, otherName] = from.split('/');
          const own = otherKind === kind && (otherName === name || !isPlugin(otherKind, otherName));
          return !own && !/(^|\/)refs\.ts$/.test(from) && file !== 'src/plugins/index.ts';
        })
        .map(({ from }) => `${file} imports ${from}`);
    });
    expect(wrong).toEqual([]);
  });

  test('of the plugin API name no package', () => {
    expect(
      inside('plugin-api').flatMap(({ imports }) => imports.filter(({ from }) => isPackage(from))),
    ).toEqual([]);
  });

  test('of example plugins and the dashboard name published entry points only', () => {
    const examples = readModules('plugins-examples/**/*.ts').filter(
      ({ file }) => !file.includes('node_modules'),
    );
    const wrong = examples.flatMap(({ file, imports }) =>
      imports
        .filter(
          ({ from }) =>
            from.startsWith('src/') ||
            (/^hypersonar/.test(from) && !/^hypersonar(\/(plugin|testing))?$/.test(from)),
        )
        .map(({ from }) => `${file} imports ${from}`),
    );
    const dashboard = readModules('dashboard/**/*.{ts,js}').flatMap(({ file, imports }) =>
      imports.filter(({ from }) => from.startsWith('src/')).map(({ from }) => `${file} imports ${from}`),
    );
    expect([...wrong, ...dashboard]).toEqual([]);
  });

  test('of inversify stand in core/container.ts alone', () => {
    expect(importersOf('inversify').filter(file => file !== 'src/core/container.ts')).toEqual([]);
  });

  test('of drizzle-orm stand in schema and core/store alone', () => {
    const wrong = importersOf('drizzle-orm').filter(
      file => !file.startsWith('src/schema/') && !file.startsWith('src/core/store/'),
    );
    expect(wrong).toEqual([]);
  });
});

/** Whether `src/plugins/<kind>/<name>` is a plugin's folder; else it is something that plugins of the kind share. */
function isPlugin(kind: string | undefined, name: string | undefined): boolean {
  const index = path.join(root, 'src/plugins', kind ?? '', name ?? '', 'index.ts');
  return (
    existsSync(index) &&
    /\bdefine(Collector|Feature|Model|Classifier|Signal)\(/.test(readFileSync(index, 'utf8'))
  );
}

describe('what must be the same in every replay', () => {
  const pure = source.filter(({ file }) =>
    /^src\/(plugins\/(features|models|classifiers|signals)\/|core\/(pipeline|plan)(\/|\.ts))/.test(file),
  );
  const banned = [
    /\bDate\.now\b/,
    /\bnew Date\(\s*\)/,
    /(?<![\w.])Date\(\s*\)/,
    /\bMath\.random\b/,
    /\brandomUUID\b/,
    /\bset(Timeout|Interval|Immediate)\b/,
    /\bperformance\.now\b/,
    /\bprocess\.(env|hrtime|uptime|cwd|pid)\b/,
    /\bglobalThis\b/,
    /\bfetch\(/,
  ];

  test('reads no clock, draws no random number, sets no timer and asks nobody', () => {
    expect(pure.length).toBeGreaterThan(40);
    const found = pure.flatMap(({ file, text }) =>
      banned.filter(pattern => pattern.test(text)).map(pattern => `${file}: ${pattern.source}`),
    );
    expect(found).toEqual([]);
  });

  test('opens no file and no socket', () => {
    const allowed = new Set(['node:crypto']);
    const found = pure.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => from.startsWith('node:') && !allowed.has(from))
        .map(({ from }) => `${file} imports ${from}`),
    );
    expect(found).toEqual([]);
  });
});

describe('house rules', () => {
  test('there are no default exports in the source', () => {
    const found = source.filter(({ text }) => /^export default\b/m.test(text) || /\bas default\b/.test(text));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test('there are no folders or files called utils, helpers, common or misc', () => {
    const found = source.filter(({ file }) => /\/(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  test('there are no enums, namespaces, decorators or global augmentations', () => {
    const patterns = [
      /^\s*(export\s+)?(const\s+)?enum\s/m,
      /^\s*(export\s+|declare\s+)?namespace\s/m,
      /^\s*@\w+(\([^)]*\))?\s+(export\s+)?(abstract\s+)?class\s/m,
      /\bdeclare global\b/,
    ];
    const found = source.filter(({ text }) => patterns.some(pattern => pattern.test(text)));
    expect(found.map(({ file }) => file)).toEqual([]);
  });
});
