/** redact/troubleshoot/pairs: environment variables in escaped JSON, and `key = value;`. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import { itRedactsAsUpstream, type Row } from './redacted.ts';

const VARIABLES: readonly Row[] = [
  [
    'needs the keyword of an AWS key at the end of the name',
    '{\\"name\\":\\"SECRET_ACCESS_KEY_2\\",\\"value\\":\\"x\\"}',
  ],
  [
    'finds a keyword that overlaps another',
    '{\\"name\\":\\"owner_accountoken\\",\\"value\\":\\"x\\"}',
    '{\\"name\\":\\"owner_accountoken\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'hides each of two pairs',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"a\\"},{\\"name\\":\\"USER\\",\\"value\\":\\"b\\"}',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\"},{\\"name\\":\\"USER\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'hides a pair behind one that shares its quote with it only where that one is no match',
    '\\"name\\":\\"X\\",\\"value\\":\\"a\\"name\\":\\"TOKEN\\",\\"value\\":\\"b\\" \\"name\\":\\"TOKEN\\",\\"value\\":\\"a\\"name\\":\\"TOKEN\\",\\"value\\":\\"b\\"',
    '\\"name\\":\\"X\\",\\"value\\":\\"a\\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\" \\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\"name\\":\\"TOKEN\\",\\"value\\":\\"b\\"',
  ],
  [
    'masks an empty value',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"\\"}',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'leaves a value whose closing quote has no backslash',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"x"',
  ],
  ['leaves a pair with spaces', '{\\"name\\": \\"TOKEN\\", \\"value\\": \\"x\\"}'],
  ['leaves JSON that is not escaped', '{"name":"TOKEN","value":"x"}'],
  [
    'takes backslashes before the closing one for the value',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"x\\\\\\"}',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'takes the letters of the keys in either case',
    '\\"NAME\\":\\"TOKEN\\",\\"Value\\":\\"x\\"',
    '\\"NAME\\":\\"TOKEN\\",\\"Value\\":\\"***HIDDEN***\\"',
  ],
];

const SETTINGS: readonly Row[] = [
  [
    'masks to the next semicolon, whatever is between',
    '{"cmd":"password=abc","other":"x;y"}',
    '{"cmd":"password=***HIDDEN***;y"}',
  ],
  ['masks a carriage return before the semicolon', 'pwd=v\r;', 'pwd=***HIDDEN***;'],
  ['leaves a value without a semicolon', 'x; password=hunter2'],
  ['leaves an empty value', 'password=;'],
  ['takes one space for the value', 'password= ;', 'password=***HIDDEN***;'],
  [
    'keeps all spaces but the last where there is nothing else',
    'password=   ;',
    'password=  ***HIDDEN***;',
  ],
  [
    'keeps the spaces before a value and masks those behind it',
    'password  =  x ;',
    'password  =  ***HIDDEN***;',
  ],
  ['hides two values of one rule', 'Pwd=a;Pwd=b;Pwd=', 'Pwd=***HIDDEN***;Pwd=***HIDDEN***;Pwd='],
  [
    'finds a keyword within a value only where that is not masked before',
    'server=a user id=b;',
    'server=***HIDDEN***;',
  ],
  ['does not take a tab for a space', 'password\t=x;'],
];

describe('redact/troubleshoot/pairs: variables', () => {
  itRedactsAsUpstream(VARIABLES);
});

describe('redact/troubleshoot/pairs: settings', () => {
  itRedactsAsUpstream(SETTINGS);
});
