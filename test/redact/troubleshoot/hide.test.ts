/** redact/troubleshoot/hide: what is left alone because it was hidden before. */

import assert from 'node:assert/strict';

import { redacted, redactedAsUpstream, redactedPieces } from './redacted.ts';

/** What a first pass leaves, and a second one that is upstream's changes or reports. */
const LEFT = [
  'http://***HIDDEN***:***HIDDEN***@***HIDDEN***:80/***HIDDEN***',
  '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:3309)/***HIDDEN***',
  // The same after two of upstream's passes.
  '******HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:3309)/***HIDDEN******',
  '"name": "token"\n"value": "******HIDDEN***"\n',
  'password=****HIDDEN****;',
  '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"*HIDDEN*\\"}',
  '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:1)/***HIDDEN******HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN***',
];

/** What only looks like a mark. */
const HIDDEN = [
  ['password=***;', 'password=***HIDDEN***;'],
  ['password=HIDDEN;', 'password=***HIDDEN***;'],
  ['password=***HIDDEN;', 'password=***HIDDEN***;'],
  ['password=***HIDDEN*** x;', 'password=***HIDDEN***;'],
  ['password=***HIDDEN***x;', 'password=***HIDDEN***;'],
  ['password=x***HIDDEN***;', 'password=***HIDDEN***;'],
  ['password=***HIDDEN***:1234;', 'password=***HIDDEN***;'],
  ['http://***HIDDEN***:s3@h', 'http://***HIDDEN***:***HIDDEN***@h'],
  ['http://me:***HIDDEN***@h', 'http://***HIDDEN***:***HIDDEN***@h'],
  [
    'a:***HIDDEN***@tcp()/***HIDDEN***',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN******',
  ],
] as const;

describe('redact/troubleshoot/hide', () => {
  for (const text of LEFT) {
    it(`leaves ${text.trim()}, and reports nothing`, () => {
      assert.deepEqual(redactedPieces([text], { keepsMarks: true }), { text, hidden: [] });
    });
  }

  it('is asked to leave what upstream changes', () => {
    assert.ok(LEFT.filter((text) => redactedAsUpstream(text) !== text).length > LEFT.length / 2);
  });

  for (const [text, expected] of HIDDEN) {
    it(`hides ${text}`, () => {
      assert.equal(redacted(text), expected);
    });
  }
});
