/** The README says what is so: its settings are the agent's, its links lead somewhere, its make targets exist. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { README_FILE, settingsTable, settingsTableIn } from './support/settings-table.ts';

const REPOSITORY = dirname(README_FILE);
const PAGES = ['README.md', 'CONTRIBUTING.md', 'agent/README.md', 'agent/redact/README.md'];

describe('readme', () => {
  it('has the table of all settings', () => {
    const table = settingsTableIn(readFileSync(README_FILE, 'utf8'));

    assert.equal(
      table,
      settingsTable(),
      'README.md has other settings: update it with npm run docs',
    );
  });

  it('is short enough to be read', () => {
    const lines = readFileSync(README_FILE, 'utf8').trimEnd().split('\n').length;

    assert.ok(lines >= 80 && lines <= 180, `README.md has ${lines} lines`);
  });

  for (const page of PAGES) {
    it(`links from ${page} to what exists`, () => {
      const text = readFileSync(join(REPOSITORY, page), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => link ?? '');
      const dead = links.filter((link) => !existsSync(join(REPOSITORY, dirname(page), link)));

      assert.deepEqual(dead, []);
    });

    it(`names in ${page} only make targets and npm scripts that exist`, () => {
      const text = readFileSync(join(REPOSITORY, page), 'utf8');
      const makefile = readFileSync(join(REPOSITORY, 'Makefile'), 'utf8');
      const manifest = readFileSync(join(REPOSITORY, 'package.json'), 'utf8');

      const targets = [...text.matchAll(/`make ([a-z]+)/g)].map(([, name]) => name);
      const scripts = [...text.matchAll(/`npm run ([a-z:]+)/g)].map(([, name]) => name);
      const unknown = [
        ...targets.filter((name) => !makefile.includes(`\n${name}:`)),
        ...scripts.filter((name) => !manifest.includes(`"${name}":`)),
      ];

      assert.deepEqual(unknown, []);
    });
  }
});
