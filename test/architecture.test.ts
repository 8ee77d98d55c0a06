/** Who may import whom. A row that is missing or an import that is not in it fails here. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const AGENT = join(import.meta.dirname, '..', 'agent');

/** What every part may use: it imports nothing of ours. */
const FLOOR = [
  'errors.ts',
  'bundle.ts',
  'clock.ts',
  'log.ts',
  'version.ts',
  'shape.ts',
  'mask.ts',
  'tar-reader.ts',
];

/** Folder or root file → what it may import from agent/ beside the floor, and the packages that only it may use. */
const MAY_IMPORT: Record<string, { agent?: string[]; packages?: string[] }> = {
  'main.ts': { agent: ['commands', 'serve', 'config'], packages: ['commander'] },
  'errors.ts': {},
  'bundle.ts': { agent: ['redact-line.ts'] },
  'clock.ts': {},
  'log.ts': { packages: ['pino'] },
  'version.ts': {},
  'shape.ts': {},
  'mask.ts': {},
  'tar-reader.ts': { packages: ['tar-stream'] },
  'durable.ts': {},
  'address.ts': {},
  'tally.ts': {},
  'redact-line.ts': {},
  body: {},
  'backoff.ts': {},
  commands: { agent: ['*'] },
  serve: { agent: ['*'] },
  run: { agent: ['spec/types.ts', 'kube/client.ts', 'state', 'redact-line.ts'] },
  config: { agent: ['redact/names.ts'], packages: ['fastest-levenshtein'] },
  schedule: { packages: ['node-cron'] },
  spec: { agent: ['kube/client.ts', 'address.ts'], packages: ['yaml', 'got'] },
  collect: {
    agent: [
      'spec/types.ts',
      'spec/collector-fields.ts',
      'spec/image-facts.ts',
      'body/body.ts',
      'kube',
      'address.ts',
      'tally.ts',
      'redact-line.ts',
    ],
    packages: [
      'yaml',
      'got',
      'pg',
      'mysql2/promise',
      'redis',
      '@clickhouse/client',
      '@aws-sdk/client-s3',
    ],
  },
  kube: {
    agent: ['backoff.ts'],
    packages: ['@kubernetes/client-node', '@kubernetes/client-node/dist/config.js', 'ws'],
  },
  'support-bundle-cli': { agent: ['spec/types.ts', 'tally.ts', 'redact-line.ts'] },
  redact: {
    agent: ['body/body.ts'],
    packages: ['re2js', 'yaml', 'yauzl'],
  },
  archive: {},
  spool: { agent: ['durable.ts', 'run/record.ts', 'run/parse-record.ts'] },
  upload: { agent: ['run/record.ts', 'backoff.ts'], packages: ['got'] },
  state: { agent: ['durable.ts', 'run/record.ts', 'run/parse-record.ts', 'kube/client.ts'] },
  report: { agent: ['run/record.ts'], packages: ['fastify', 'prom-client'] },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const IMPORTS = globSync('**/*.ts', { cwd: AGENT }).flatMap(readImports);

describe('architecture', () => {
  it('finds the imports', () => {
    assert.ok(IMPORTS.length > 100, `only ${IMPORTS.length} imports found`);
  });

  it('has a row for every folder and root file', () => {
    const parts = new Set(globSync('**/*.ts', { cwd: AGENT }).map(partOf));

    assert.deepEqual([...parts].toSorted(), Object.keys(MAY_IMPORT).toSorted());
  });

  it('has only imports that the table allows', () => {
    const wrong = IMPORTS.filter((edge) => !isAllowed(edge)).map(
      ({ file, specifier }) => `${file} imports ${specifier}`,
    );

    assert.deepEqual(wrong, []);
  });

  it('has process.env only where settings are read', () => {
    const readers = globSync('**/*.ts', { cwd: AGENT }).filter((file) =>
      readFileSync(join(AGENT, file), 'utf8').includes('process.env'),
    );

    assert.deepEqual(readers, ['main.ts']);
  });
});

function isAllowed({ file, specifier }: Import): boolean {
  const row = MAY_IMPORT[partOf(file)];
  if (row === undefined) return false;
  if (specifier.startsWith('node:') || specifier === '../package.json') return true;
  if (!specifier.startsWith('.')) return row.packages?.includes(specifier) === true;
  const target = relative(AGENT, join(AGENT, dirname(file), specifier));
  if (partOf(target) === partOf(file)) return true;
  const isFloor = FLOOR.includes(target);
  if (isFloor) return !FLOOR.includes(file);
  return row.agent?.some((allowed) => ['*', target, partOf(target)].includes(allowed)) === true;
}

/** The first folder below agent/, or the root file itself. */
function partOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** The formatter guarantees the shape: `from '…'` or `import('…')`, type-only imports included. */
function readImports(file: string): Import[] {
  const source = readFileSync(join(AGENT, file), 'utf8');
  return [...source.matchAll(/(?:\bfrom |\bimport\(|\bimport )'([^']+)'/g)].map(
    ([, specifier]) => ({
      file,
      specifier: specifier ?? '',
    }),
  );
}
