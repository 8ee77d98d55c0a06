/** redact/troubleshoot/urls: users, passwords, hosts and paths. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import assert from 'node:assert/strict';

import { itRedactsAsUpstream, type Row, redactedPieces } from './redacted.ts';

const URLS: readonly Row[] = [
  [
    'hides user and password, then host and path',
    'http://me:s3@host/x',
    'http://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN***',
  ],
  ['leaves a URL without a password', 'https://token@host/ http://host:80/'],
  [
    'leaves an empty user to the rule for databases',
    'http://:s3@host/x http://:s3@host',
    'http://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN*** http://:s3@host',
  ],
  [
    'lets a password have colons and spaces',
    'ftp://me:a:b c@host',
    'ftp://***HIDDEN***:***HIDDEN***@host',
  ],
  [
    'ends a host at white space, of which \\v and \\xa0 are none',
    'http://a:b@h\vx http://a:b@\xa0 http://a:b@ http://a:b@\tx',
    'http://***HIDDEN***:***HIDDEN***@***HIDDEN***:/***HIDDEN******@\xa0 http://***HIDDEN***:***HIDDEN***@***HIDDEN***:/***HIDDEN***@\tx',
  ],
  [
    'takes up the search behind the host',
    'http://a:b@xhttp://c:d@h',
    'http://***HIDDEN***:***HIDDEN***@***HIDDEN***:/***HIDDEN***',
  ],
  [
    'crosses spaces in the host of a database',
    'see https://docs:page@v2 and http://x:1@y:2',
    'see https://***HIDDEN***:***HIDDEN***@***HIDDEN***:/***HIDDEN***',
  ],
  ['needs a word character in the path', 'x://u:p@h/-- x://u:p@h/'],
  [
    'ends the path at its last word character',
    'x://u:p@h/a-b.html"). x',
    'x://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN***"). x',
  ],
  ['needs a word character before the scheme', '-://u:p@h/x'],
  [
    'begins at the end of the path before',
    'x://u:p@h/t:// u:p@h/t',
    'x://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN***://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN***',
  ],
  [
    'takes the last @ for the one before the host',
    'x://u:p@q@h/t',
    'x://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN***',
  ],
  [
    'does not end a path at \\v or \\xa0',
    'x://u:p@h/a\vb x://u:p@h/a\xa0b c',
    'x://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN*** x://***HIDDEN***:***HIDDEN***@***HIDDEN***/***HIDDEN*** c',
  ],
  [
    'keeps an empty port',
    'x://u:p@h:/t x://u:p@h:8a/t',
    'x://***HIDDEN***:***HIDDEN***@***HIDDEN***:/***HIDDEN*** x://u:p@h:8a/t',
  ],
];

const TCP_STRINGS: readonly Row[] = [
  [
    'hides user, password, host and database',
    'a u:p@tcp(h:3306)/db, b',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:3306)/***HIDDEN***, b',
  ],
  [
    'begins at the first word character of the part before the colon',
    '( a b:p@tcp(h)/x',
    '( ***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN***',
  ],
  ['masks empty parts', 'u:@tcp()/x', '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN***'],
  ['needs a word boundary before the colon', '(:p@tcp(h)/x'],
  [
    'takes the last @tcp( for the one before the host',
    'u:p@tcp(a@tcp(h)/x',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN***',
  ],
  ['leaves a string with another delimiter', 'u:p@tcp("h")/x u/p@tcp(h)/x'],
  [
    'masks what stands between two strings',
    'u:p@tcp(h:1)/db, v:q@tcp(i:2)/db2',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:1)/***HIDDEN******HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:2)/***HIDDEN***',
  ],
  [
    'masks an empty user behind a string',
    'u:p@tcp(h)/db: q@tcp(h)/db2',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN******HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN***',
  ],
  ['needs a word character in the database', 'u:p@tcp(h)/- u:p@tcp(h)/'],
  [
    'needs digits or nothing for a port',
    'u:p@tcp(h:x)/db u:p@tcp(h:)/db',
    'u:p@tcp(h:x)/***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:)/***HIDDEN***',
  ],
];

describe('redact/troubleshoot/urls', () => {
  itRedactsAsUpstream(URLS);

  it('ends a path with its string, but as upstream: the name behind it tells a secret', () => {
    const line = String.raw`"url: postgres://u:p@h/db\npassword: S","a://u:p@h/db","pwd": "S"`;
    const [ours, theirs] = [true, false].map(
      (keepsMarks) => redactedPieces([line], { keepsMarks }).text,
    );

    assert.match(ours ?? '', /h?\/\*{3}HIDDEN\*{3}\\npassword: S","a:.*HIDDEN\*{3}","pwd": "S"$/);
    assert.doesNotMatch(theirs ?? '', /password/);
  });

  it('finds no URL in the host of another', () => {
    const { hidden } = redactedPieces(['http://a:b@xhttp://c:d@h'], { keepsMarks: false });

    assert.deepEqual(hidden, [
      'Redact connection strings with username and password',
      'Redact database connection strings that contain username and password',
    ]);
  });
});

describe('redact/troubleshoot/urls: @tcp(', () => {
  itRedactsAsUpstream(TCP_STRINGS);
});
