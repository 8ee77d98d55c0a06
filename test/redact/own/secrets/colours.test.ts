/** Secrets in texts with colours for a terminal. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { cuts, redact as redactByAll, redactedBy } from '../context/redacted.ts';

const VALUE = 'UzNjcmV0';

/** `<31>` begins a colour, `<>` ends it; `S` is a secret. */
const COLOURED: Readonly<Record<string, string>> = {
  'a diff of git': ' kind: Secret\n data:\n<31>-  a: S<>\n<32>+<><32>  a: S<>\n   b: S\n z: 1\n',
  'a new file of git':
    '<1>+++ b/x<>\n<36>@@ -0,0 +1,9 @@<>\n<32>+<><32>kind: Secret<>\n<32>+<><32>data:<>\n<32>+<><32>  a: S<>\n' +
    '<32>+<><32>  b: |<>\n<32>+<><32>    S<>\n<32>+<><32>    S<>\n<32>+<><32>type: x<>\n',
  'a diff of helm':
    '<33>x has been added:<>\n<32>+ kind: Secret<>\n<32>+ data:<>\n<32>+   a: S<>\n',
  'a diff of kubectl': '<0;31>-kind: Secret<0;0>\n<0;31>-data:<0;0>\n<0;31>-  a: S<0;0>\n',
  'a diff of JSON':
    ' {\n   "kind": "Secret",\n   "data": {\n<31>-    "a": "S"<>\n<32>+    "a": "S"<>\n   }\n }\n',
  'JSON of jq':
    '<1;39>{\n  <><34;1>"kind"<><1;39>: <><0;32>"Secret"<><1;39>,\n  <><34;1>"data"<><1;39>: <><1;39>{\n' +
    '    <><34;1>"a"<><1;39>: <><0;32>"S"<><1;39>\n  <1;39>}<><1;39>\n<1;39>}<>\n',
  'JSON of jq on a line':
    '<1>{<><34>"kind"<>:<32>"Secret"<>,<34>"data"<>:<1>{<><34>"a"<>:<32>"S"<>}<1>}<>\n',
  'YAML of yq': '<36>kind<>: <32>Secret<>\n<36>data<>:\n  <36>a<>: <32>S<>\n  <36>b<>: <32>"S"<>\n',
  'quotes without a colour':
    '"<36>kind<>": "Secret",\n"<36>data<>": {\n  "<36>a<>": "<32>S<>"\n}\n',
};

/** How a code is written in a file, and in a text of JSON or Go. */
const ESCAPES = ['\x1b[', '\\u001b[', '\\x1b['];

describe('redact/own/secrets/colours', () => {
  for (const [name, form] of Object.entries(COLOURED)) {
    it(`hides what Secrets hold in ${name}, wherever the pieces are cut`, () => {
      for (const escape of ESCAPES) {
        const text = coloured(form, escape).replaceAll(/\bS\b|(?<=m)S\b/g, VALUE);
        const redacted = redact(text);

        assert.ok(!redacted.includes(VALUE) && redacted.includes(MASK), redacted);
        assert.equal(redact(redacted), redacted);
        for (const pieces of cuts(text)) assert.equal(redact(...pieces), redacted);
        assert.ok(!redactByAll(text).includes(VALUE));
      }
    });

    it(`leaves ConfigMaps in ${name}`, () => {
      const text = coloured(form.replaceAll('Secret', 'ConfigMap'), '\x1b[');

      assert.equal(redact(text), text);
    });
  }

  it('keeps all but the values', () => {
    assert.equal(
      redact(coloured(COLOURED['a new file of git'] ?? '', '\x1b[')),
      coloured(
        '<1>+++ b/x<>\n<36>@@ -0,0 +1,9 @@<>\n<32>+<><32>kind: Secret<>\n<32>+<><32>data:<>\n<32>+<><32>' +
          `  a: '${MASK}'<>\n<32>+<><32>  b: |<>\n<32>+<><32>    ${MASK}<>\n<32>+<><32>type: x<>\n`,
        '\x1b[',
      ),
    );
    assert.equal(
      redact(
        coloured('kind: Secret\ndata:\n  <36>a<>: <32>S<>\n  b: <1>x<2>y<> <1># z<>\n', '\x1b['),
      ),
      coloured(`kind: Secret\ndata:\n  <36>a<>: <32>'${MASK}'<>\n  b: <1>'${MASK}'<>\n`, '\x1b['),
    );
  });

  it('hides what Secrets hold in records that have colours', () => {
    const text = coloured(
      '{"log":"<31>-kind: Secret<>\\n"}\n{"log":"<31>-data:<>\\n"}\n{"log":"<31>-  \\"a\\": S<>\\n"}\n',
      '\\u001b[',
    );

    assert.equal(redact(text), text.replace(/\bS\b/, `'${MASK}'`));
  });

  it('leaves what is no Secret', () => {
    for (const form of [
      '<31>kind: Secret<>\n<31>mydata:<>\n<31>  a: b c<>\n',
      '<31>kind: Secret<>\n<31>data: x<>\n<31>  a: b c<>\n',
      'kind: Secret\n<32>INFO<> got data: {"a": "aGVsbG8="}\n',
      'kind: Secret\ndata:\n[31m  a\n',
      '<31>-<>\n<32>+<>\n<33>data:<>\n<34>  a: the first of all<>\n',
    ]) {
      const text = coloured(form, '\x1b[');

      assert.equal(redact(text), text);
    }
  });

  it('is done in time, and in little memory, with the longest lines', () => {
    for (const unit of ['<31>', '<>data:', 'data<>', '\\', 'data\\', '<31>-  a: b<>']) {
      for (const escape of ESCAPES) {
        const long = coloured(unit, escape);
        const filled = long.repeat(2_000_000 / long.length);
        redact(`kind: Secret\ndata:\n  a: ${filled}\n`);
        redact(`kind: Secret\ndata: {${filled}}\n`);
      }
    }
    redact(coloured('<31>-data:<>\n<31>-  a: b<>\n', '\x1b[').repeat(100_000));
    redact(`kind: Secret\ndata:\n${coloured('  <31>a<>: <32>b<>\n', '\x1b[').repeat(100_000)}`);
  }).timeout(60_000);
});

function coloured(form: string, escape: string): string {
  return form.replaceAll(/<([\d;]*)>/g, (_, colour: string) => `${escape}${colour}m`);
}

function redact(...pieces: readonly string[]): string {
  return redactedBy(['secret-data'], pieces);
}
