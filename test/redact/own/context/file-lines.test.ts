/** Values and lists that go on over lines, and what is waited for beside them: at rest, and in pieces. */

import assert from 'node:assert/strict';

import { seededRandom } from '../../../support/random.ts';
import { cuts, itHides, itLeaves, redact } from './redacted.ts';

describe('redact/own/context/file-lines', () => {
  itHides([
    // What hides one thing on a list's line leaves a text of the list.
    ['token: [\npassword:("§"),\n', 'token: [\n§,\n'],
    ['"token": [\n  "§"\nrequirepass [§",\n', '"token": [\n  "§"\n§,\n'],
    '"token": [\r\n  "§",\r\n\r\n  "§"\r\n],\r\n"b": "c"\r\n',
    // A value that has begun ends, and what is waited for comes behind it.
    [
      '"name": "DB_TOKEN",\npassword: §\n"value": "§",\n',
      '"name": "DB_TOKEN",\npassword: \'§\'\n"value": "§",\n',
    ],
    'password:\n  token: "§\n  - "§"\n',
    ['password:\n  token: §\n    goes on\n  value: §\n', "password:\n  token: '§'\n  value: '§'\n"],
    ['- curl\n- token: §\n- -u\n- a:§\n', "- curl\n- token: '§'\n- -u\n- a:§\n"],
  ]);

  itLeaves([
    'X_AUTH: basic\n  more\n',
    '"token": [\n  {\n    "a": "b"\n  },\n  "c"\n]\n',
    '"token": [\n"kind": "x"\n',
  ]);

  it('changes nothing a second time, and gives the same for pieces, whatever the lines', () => {
    for (const text of randomLines(4_000)) {
      const once = redact(text);

      assert.equal(redact(once), once, JSON.stringify(text));
      // A value before its name may be hidden at a piece's end: see `FileLines.opensPair`.
      if (/value/.test(text)) continue;
      for (const pieces of cuts(text)) assert.equal(redact(...pieces), once, JSON.stringify(text));
    }
  });
});

const BLANKS = ['', '', '  ', '    ', '\t', '  - '];
const CONTENTS = String.raw`
"token": [
"password": [{
token: [
password:
"k": {
],
}
{
[
name: DB_TOKEN
- name: DB_TOKEN
"name": "DB_TOKEN",
value: x9
"value": "x9",
password: x9 more
password: "x9
more"
more
password: |
X_AUTH: basic
# c
- curl
- -u
- a:x9
"redis-cli",
"-a",
"x9",
"x9"
- --token
- x9
user,password
bob,x9
insert into t (a,password) values
('a','x9'),
optional: 1
curl \
-u a:x9 \
"DB_PASSWORD",
requirepass [
identified by :x9
token: - a`.split('\n');
const ENDS = ['\n', '\n', '\n', '\r\n', ''];

function randomLines(count: number): readonly string[] {
  const random = seededRandom(count);
  const pick = (texts: readonly string[]): string =>
    texts[Math.floor(random() * texts.length)] ?? '';
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 2 + Math.floor(random() * 7) },
      () => pick(BLANKS) + pick(CONTENTS) + pick(ENDS),
    ).join(''),
  );
}
