/** Tables of texts, and what is left of them when a path is masked. */

import assert from 'node:assert/strict';

import { parseAllDocuments } from 'yaml';

import { maskYamlPath } from '../../../agent/redact/custom/yaml-path.ts';

export type Row = readonly [title: string, path: string, text: string, masked: string];

/** In a row `M` is the mask of YAML, `J` of JSON, and an empty expectation the text as it was. */
export function rows(title: string, all: readonly Row[]): void {
  describe(title, () => {
    for (const [name, path, text, expectation] of all) {
      it(name, () => {
        const expected =
          expectation === ''
            ? text
            : expectation.replaceAll(/\b[MJ]\b/g, (sign) =>
                sign === 'M' ? "'***HIDDEN***'" : '"***HIDDEN***"',
              );

        const masked = mask(text, path);

        assert.equal(masked.text, expected);
        assert.equal(masked.hidden > 0, expected !== text);
        assert.deepEqual(mask(masked.text, path), { text: expected, hidden: 0 });
        assert.ok(problemsOf(masked.text) <= problemsOf(text));
      });
    }
  });
}

export function mask(
  text: string,
  path: string,
): { readonly text: string; readonly hidden: number } {
  let hidden = 0;
  const masked = maskYamlPath(Buffer.from(text).toString('latin1'), path, () => {
    hidden += 1;
  });
  return { text: Buffer.from(masked, 'latin1').toString(), hidden };
}

/** Masking breaks nothing. */
function problemsOf(text: string): number {
  return [
    ...parseAllDocuments(text.replace(/\r(?!\n)/g, '\n'), {
      version: '1.1',
      uniqueKeys: false,
      logLevel: 'silent',
    }),
  ].reduce((sum, { errors }) => sum + errors.length, 0);
}
