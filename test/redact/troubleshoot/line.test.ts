/** redact/troubleshoot/line: lines that come to rest, and names above them as they are left. */

import assert from 'node:assert/strict';

import { redacted, redactedAsUpstream, redactedPieces } from './redacted.ts';

type Parts = readonly [head: string, repeated: string, tail: string];

/** Lines on which a backtracking engine is slow. */
const SLOW: readonly Parts[] = [
  ['', '://', '@'],
  ['', 'x://u:p@', ''],
  ['x://u:', '@', '/'],
  ['x://u:p@h/', '-', ''],
  ['', 'x://u:p@h/t:// ', ''],
  ['', 'http://a:', '@'],
  ['http://', 'a', '@'],
  ['@', '@tcp(', ''],
  ['', ':@tcp()/', ''],
  ['', '":@tcp()/', 'a'],
  ['', 'a:b@tcp(h)/ ', ''],
  [';', 'password=', ''],
  [';', 'password =  ', ''],
  ['', 'password', '=x;'],
  ['', 'uid=;', ''],
  ['password=', ' ', ';'],
  ['', '\\"name\\":\\"password', '\\",\\"value\\":\\"'],
  ['', '\\"name\\":\\"password\\",\\"value\\":\\"', ''],
  ['', '\\"name\\":\\"password\\",\\"value\\":\\"x\\"', ''],
  ['\\"name\\":\\"', 'secret_access_key', '\\",\\"value\\":\\"x\\"'],
  ['"value": "', 'x', ''],
  ['"value":', ' ', '"'],
  ['', '"value": "', ''],
  ['"value": ', '"name": "', 'owner_account'],
  ['"name": "', 'password', ''],
  ['', '"entity": "osd.', ''],
  ['"value": "', '***HIDDEN***', '"'],
  ['\xc5\xbf;', '\xe2\x84\xaaey', '=;'],
];

describe('redact/troubleshoot/line', () => {
  it('goes on where a mask lets another rule match', () => {
    const text = 'http://apwd=x"y;:b@c ';

    assert.equal(redactedAsUpstream(text), 'http://apwd=***HIDDEN***;:b@c ');
    assert.equal(redacted(text), 'http://***HIDDEN***:***HIDDEN***@c ');
  });

  it('hides as upstream does where two strings lose what parts them', () => {
    const text = 'u:p@tcp(h:1)/db, v:q@tcp(i:2)/db2';

    assert.equal(redacted(text), redactedAsUpstream(text));
  });

  for (const text of [
    '"name": "DATABASE_URL"\n"value": "u:p@tcp(h:3306)/db"\n',
    'password=u:p@tcp(h:3306)/db;',
    '"name": "DATABASE_URL"\n"value": "postgres://u:p@h:5432/db"\n',
    'http://me:s3@h:80/x?password=a;',
  ]) {
    it(`hides as upstream does where one rule masks the marks of another: ${JSON.stringify(text)}`, () => {
      assert.equal(redacted(text), redactedAsUpstream(text));
    });
  }

  it('hides a value for a name that upstream saw, though it is hidden itself', () => {
    const text = '"name": "user"\n"value": "", "name": "password"\n"value": "x"\n';

    assert.equal(redacted(text), redactedAsUpstream(text));
    assert.equal(redactedPieces([text], { keepsMarks: true }).hidden.length, 2);
  });

  it('hides a value that a second pass would hide, since there a name above is no first line', () => {
    const names = '"name": "user"\n"value": "", "name": "password"\n"name": "password"\n';
    const text = `${names}"value": "x"\n`;

    assert.ok(redactedAsUpstream(text).endsWith('"value": "x"\n'));
    assert.ok(redacted(text).endsWith('"value": "***HIDDEN***"\n'));
    assert.equal(redacted(redacted(text)), redacted(text));
  });

  for (const parts of SLOW) {
    it(`redacts a line of ${JSON.stringify(parts)} in linear time`, () => {
      const pair = `"name": "password token"\n${longLine(parts, 2)}\n`;

      assert.equal(redacted(pair), redacted(redacted(pair)));
      assert.ok(redactedAsUpstream(pair).startsWith('"name": "password token"\n'));
    });
  }

  for (const parts of SLOW.filter((_, at) => at % 5 === 0)) {
    it(`redacts 10 MiB of ${JSON.stringify(parts)} in linear time`, () => {
      const pair = `"name": "password token"\n${longLine(parts, 10)}\n`;

      assert.ok(redacted(pair).startsWith('"name": "password token"\n'));
    });
  }
});

function longLine([head, unit, tail]: Parts, megabytes: number): string {
  const bytes = megabytes * 1024 * 1024;
  const line = head + unit.repeat(Math.ceil(bytes / unit.length));
  return line.slice(0, bytes - tail.length) + tail;
}
