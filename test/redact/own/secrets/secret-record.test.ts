/** Secrets whose manifests are logged line by line, each line in a record of its own. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { cuts, redact as redactByAll, redactedBy } from '../context/redacted.ts';

const VALUE = 'UzNjcmV0';
const TIME = '2026-11-26T11:00:00Z';

/** One line in a record. */
const RECORDS: Readonly<Record<string, (line: string) => string>> = {
  Docker: (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: TIME }),
  'Docker with CRLF': (line) => JSON.stringify({ log: `${line}\r\n`, stream: 'stderr' }),
  zap: (line) =>
    JSON.stringify({ level: 'info', ts: 1.5, caller: 'a/b.go:12', msg: line, data: { a: 'b' } }),
  'fields with quotes': (line) => JSON.stringify({ a: 'x: "y", "msg":"z', message: line }),
  journald: (line) => `{ "PRIORITY" : "6", "MESSAGE" : ${JSON.stringify(line)} }`,
  logrus: (line) => `time="${TIME}" level=info msg=${JSON.stringify(line)} a="b c"`,
  slog: (line) =>
    `time=${TIME} level=INFO msg=${/[\s"=]/.test(line) ? JSON.stringify(line) : line}`,
  'zap in a log with times': (line) => `${TIME} ${JSON.stringify({ level: 'info', msg: line })}`,
  'logrus in Docker': (line) =>
    JSON.stringify({ log: `level=info msg=${JSON.stringify(line)}\n`, stream: 'stdout' }),
  'klog in Docker': (line) =>
    JSON.stringify({ log: `I1126 10:00:00.000000       1 x.go:12] ${line}\n` }),
};

const MANIFESTS: readonly string[] = [
  'kind: Secret\ndata:\n  a: S\n  b: "S"\n  c: |\n    S\n    S\n    S\ntype: Opaque\n',
  'kind: Secret\nstringData:\n  a: x "y" \\z S\n  b: \'"S"\'\nz: 1\n',
  'type: Opaque\ndata:\n  a: S\nkind: Secret\n',
  '{\n  "kind": "Secret",\n  "metadata": {\n    "name": "x"\n  },\n  "data": {\n    "a": "S",\n    "b": 1\n  }\n}\n',
  '{\n\t"kind": "Secret",\n\t"data": {\n\t\t"a": "S",\n\t\t"b": "x\\"S"\n\t}\n}\n',
  'items:\n- kind: Secret\n  data: {a: S, "b": "S"}\n- kind: ConfigMap\n',
];

describe('redact/own/secrets/secret-record', () => {
  for (const [name, record] of Object.entries(RECORDS)) {
    it(`hides what Secrets hold in records of ${name}, wherever the pieces are cut`, () => {
      for (const manifest of MANIFESTS) {
        const text = inRecords(manifest.replaceAll(/\bS(?!\w)/g, VALUE), record);
        const redacted = redact(text);

        assert.ok(!redacted.includes(VALUE) && redacted.includes(MASK), redacted);
        assert.equal(redact(redacted), redacted);
        for (const pieces of cuts(text)) assert.equal(redact(...pieces), redacted);
        assert.ok(!redactByAll(text).includes(VALUE));
      }
    });

    it(`leaves ConfigMaps in records of ${name}`, () => {
      for (const manifest of MANIFESTS) {
        const other = manifest.replaceAll('Secret', 'ConfigMap').replace('stringData', 'data');
        const text = inRecords(other.replace('Opaque', 'x'), record);

        assert.equal(redact(text), text);
      }
    });

    it(`keeps records of ${name} whole`, () => {
      for (const manifest of MANIFESTS) {
        for (const line of redact(inRecords(manifest, record)).split('\n')) {
          const json = /\{"?.*\}$|(?<=msg=)"(?:[^"\\]|\\.)*"(?= |$)/.exec(line)?.[0] ?? '""';

          assert.doesNotThrow(() => JSON.parse(json), line);
        }
      }
    });
  }

  it('keeps all but the values', () => {
    assert.equal(
      redact(
        '{"log":"kind: Secret\\n"}\n{"log":"data:\\n"}\n{"log":"  a: \\"S\\"\\n","time":"x"}\nz\n',
      ),
      `{"log":"kind: Secret\\n"}\n{"log":"data:\\n"}\n{"log":"  a: '${MASK}'\\n","time":"x"}\nz\n`,
    );
    assert.equal(
      redact('{"log":"\\"kind\\": \\"Secret\\","}\n{"log":"\\"data\\": { \\"a\\": \\"S\\" }"}\n'),
      `{"log":"\\"kind\\": \\"Secret\\","}\n{"log":"\\"data\\": { \\"a\\": \\"${MASK}\\" }"}\n`,
    );
    assert.equal(
      redact(
        'level=info msg="kind: Secret" a=b\nlevel=info msg=data: a=b\nlevel=info msg="  a: S" a=b',
      ),
      `level=info msg="kind: Secret" a=b\nlevel=info msg=data: a=b\nlevel=info msg="  a: '${MASK}'" a=b`,
    );
  });

  it('takes the lines of a value that its mask stands for', () => {
    const text = inRecords('kind: Secret\ndata:\n  a: |\n    S\n    S\nz: 1\n', (log) =>
      JSON.stringify({ log }),
    );

    assert.equal(
      redact(text),
      `{"log":"kind: Secret"}\n{"log":"data:"}\n{"log":"  a: |"}\n{"log":"    ${MASK}"}\n{"log":"z: 1"}\n`,
    );
  });

  it('hides what a record has besides, also beside a line of a manifest', () => {
    const object = { kind: 'Secret', data: { a: VALUE } };
    for (const msg of ['data:', '  a: b', 'ok']) {
      const text = `${JSON.stringify({ msg: 'data:' })}\n${JSON.stringify({ msg, object })}\n`;

      assert.ok(!redact(text).includes(VALUE), redact(text));
    }
  });

  it('leaves what is no Secret', () => {
    for (const text of [
      '{"log":"kind: Secret\\n"}\n{"log":"got data: none\\n"}\n{"log":"  a: b c\\n"}\n',
      '{"log":"data:\\n"}\n{"log":"  a: the first of all\\n"}\n',
      '{"log":"kind: Secret\\n"}\n{"log":"data:\\n"}\n{"log":"a: b\\n","x":"  a: b"}\n',
      '{"name":"kind: Secret"}\n{"name":"data:"}\n{"name":"  a: b c"}\n',
      'a=b name="kind: Secret"\na=b name="data:"\na=b name="  a: b c"\n',
      'level=info msg="kind: Secret"\nlevel=info msg="data: 12"\nlevel=info msg="  a: b c"\n',
      '{"msg":"kind: Secret\\n---"}\n{"msg":"kind: ConfigMap"}\n{"msg":"data:"}\n{"msg":"  a: b c"}\n',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('is done in time, and in little memory, with the longest lines', () => {
    for (const unit of [
      '{"log":"data:',
      '{"log":"\\"data\\": {\\"a\\": \\"',
      'msg="data:',
      'a="b" msg=data: ',
      '"a":"b",',
      '\\"',
      '\\t',
    ]) {
      const long = unit.repeat(2_000_000 / unit.length);
      redact(long);
      redact(`{"log":"kind: Secret"}\n{"log":"data:"}\n{"log":"  a: ${long}"}\n{${long}\n`);
    }
    for (const lines of [
      '{"log":"data:\\n"}\n',
      '{"log":"data:\\n"}\n{"log":"  a: b\\n"}\nz\n',
      '{"log":"level=info msg=\\"data:\\"\\n"}\n',
      '{"log":"  \\"data\\": {\\n"}\n',
      'msg=data:\nx\n',
      'a=b '.repeat(20) + 'msg=data:\n',
    ]) {
      redact(lines.repeat(200_000));
    }
  }).timeout(60_000);
});

function inRecords(manifest: string, record: (line: string) => string): string {
  return manifest.replaceAll(/(.*)\n/g, (_, line: string) => `${record(line)}\n`);
}

function redact(...pieces: readonly string[]): string {
  return redactedBy(['secret-data'], pieces);
}
