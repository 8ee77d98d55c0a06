/** Every error code has its row in agent/errors.md, and every row its code. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const AGENT = join(import.meta.dirname, '..', 'agent');

describe('errors', () => {
  it('explains each code in errors.md, in the same order', () => {
    const source = readFileSync(join(AGENT, 'errors.ts'), 'utf8');
    const page = readFileSync(join(AGENT, 'errors.md'), 'utf8');

    const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code);
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);

    assert.ok(codes.length > 20);
    assert.deepEqual(rows, codes);
  });

  it('says in each row what it means and what to do', () => {
    const page = readFileSync(join(AGENT, 'errors.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));

    for (const row of rows) {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      assert.equal(cells.length, 5, row);
      assert.ok(
        cells.slice(1, 4).every((cell) => cell.length > 3),
        row,
      );
    }
  });
});
