/** redact/troubleshoot/two-lines: a name, and on the next line its value. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import { itRedactsAsUpstream, type Row } from './redacted.ts';

const VALUES: readonly Row[] = [
  [
    'masks from the first value to the last quote',
    '"name": "token"\n"value": "a", "k": "b", "value": "c",\r\n',
    '"name": "token"\n"value": "***HIDDEN***",\r\n',
  ],
  [
    'masks an empty value',
    '"name": "token",\n"value": ""\n',
    '"name": "token",\n"value": "***HIDDEN***"\n',
  ],
  ['leaves a value without a closing quote', '"name": "token"\n"value": "\n"value": "\n'],
  ['looks at the next line only', '"name": "token"\n\n"value": "x"\n'],
  [
    'lets several spaces be behind the colon, and none',
    '"name":"token"\n"VALUE":   "x"\n',
    '"name":"token"\n"VALUE":   "***HIDDEN***"\n',
  ],
  [
    'wants no space before the colon',
    '"name" : "token"\n"value": "x"\n"name": "token"\n"value" : "x"\n',
  ],
  [
    'takes the second line of a pair for no first line',
    '"name": "token1"\n"name": "token2"\n"value": "x"\n',
  ],
  [
    'takes the third of three names for a first line',
    '"name": "token1"\n"name": "token2"\n"name": "token3"\n"value": "x"\n',
    '"name": "token1"\n"name": "token2"\n"name": "token3"\n"value": "***HIDDEN***"\n',
  ],
  [
    'counts the names of each rule for itself',
    '"name": "user"\n"name": "token user"\n"value": "x"\n',
    '"name": "user"\n"name": "token user"\n"value": "***HIDDEN***"\n',
  ],
  [
    'takes a value line for a second line though it has no value',
    '"name": "token1"\n"name": "token2", "value"\n"value": "x"\n',
  ],
  [
    'takes a line that another rule masks for a first line as it then is',
    '"name": "user"\n"value": "password", "name": "password"\n"value": "x"\n',
    '"name": "user"\n"value": "***HIDDEN***"\n"value": "***HIDDEN***"\n',
  ],
  [
    'asks earlier rules for a first line before the mask',
    '"name": "user"\n"name": "password", "value": "x"\n"value": "x"\n',
    '"name": "user"\n"name": "password", "value": "***HIDDEN***"\n"value": "***HIDDEN***"\n',
  ],
  [
    'asks later rules for a first line that they still see',
    '"name": "password"\n"name": "user", "value": "x"\n"value": "x"\n',
    '"name": "password"\n"name": "user", "value": "***HIDDEN***"\n"value": "***HIDDEN***"\n',
  ],
  [
    'asks later rules for a first line behind the mask',
    '"name": "password"\n"value": "x", "name": "user"\n"value": "x"\n',
    '"name": "password"\n"value": "***HIDDEN***"\n"value": "x"\n',
  ],
  [
    'lets AWS keywords stand in one string only',
    '"name": "x" "owner_account"\n"value": "x"\n"name": "x", "name": "owner_account"\n"value": "x"\n',
    '"name": "x" "owner_account"\n"value": "x"\n"name": "x", "name": "owner_account"\n"value": "***HIDDEN***"\n',
  ],
  [
    'lets other keywords stand between any quotes',
    '"name": "x" token" x\n"value": "x"\n',
    '"name": "x" token" x\n"value": "***HIDDEN***"\n',
  ],
  ['wants the keyword before the last quote', '"name": "x" token\n"value": "x"\n'],
  [
    'finds a name whose quote opens the string of another',
    '"name": "name": "owner_account"\n"value": "x"\n',
    '"name": "name": "owner_account"\n"value": "***HIDDEN***"\n',
  ],
  ['wants a closing quote behind the name', '"name": "owner_account\n"value": "x"\n'],
  [
    'sees a first line as the rules for one line leave it',
    '"name": "pwd=token;"\n"value": "x"\n',
    '"name": "pwd=***HIDDEN***;"\n"value": "x"\n',
  ],
  [
    'hides a value on the last line without a newline',
    '"name": "token"\n"value": "x"',
    '"name": "token"\n"value": "***HIDDEN***"',
  ],
  ['leaves a pair over a blank line and the end', '"name": "token"\n'],
];

/** As many characters as the rule wants before `==`. */
const KEY = 'A'.repeat(38);

const CEPH: readonly Row[] = [
  [
    'masks two keys on a line',
    `"entity": "mgr.a"\n"key": "${KEY}==" "key": "${KEY}==x" "key": "y"\n`,
    '"entity": "mgr.a"\n"key": "***HIDDEN***" "key": "***HIDDEN***" "key": "y"\n',
  ],
  [
    'wants 38 characters',
    `"entity": "client."\n"key": "${KEY}A=="\n"entity": "client."\n"key": "${KEY.slice(1)}=="\n`,
  ],
  [
    'counts a character of several bytes as one',
    '"entity": "client.x"\n"key": "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91\xf0\x9f\x94\x91=="\n',
    '"entity": "client.x"\n"key": "***HIDDEN***"\n',
  ],
  [
    'counts each byte of an invalid sequence',
    '"entity": "client.x"\n"key": "\xed\xa0\x80\xc0\x80\xf5\x80\xff\xe2\x82\xed\xa0\x80\xc0\x80\xf5\x80\xff\xe2\x82\xe0\x80\x80\xf0\x80\x80\x80\xf4\x90\x80\x80AAAAAAA=="\n',
    '"entity": "client.x"\n"key": "***HIDDEN***"\n',
  ],
  [
    'lets a key have quotes',
    '"entity": "client.x"\n"key": """""""""""""""""""""""""""""""""""""""=="\n',
    '"entity": "client.x"\n"key": "***HIDDEN***"\n',
  ],
  [
    'finds a key whose quote opens the string of another',
    `"entity": "osd.x"\n"key": "key": "${KEY}=="\n`,
    '"entity": "osd.x"\n"key": "key": "***HIDDEN***"\n',
  ],
  [
    'leaves the key of another entity',
    `"entity": "mon."\n"key": "${KEY}=="\n"entity": "osd"\n"key": "${KEY}=="\n`,
  ],
  ['wants a quote behind the entity', `"entity": "osd.0\n"key": "${KEY}=="\n`],
  ['takes pairs', `"entity": "osd.0"\n"entity": "osd.1"\n"key": "${KEY}=="\n`],
  [
    'knows a Kelvin sign in the key, on a line that has nothing else',
    `"entity": "osd.0"\n"\xe2\x84\xaaey": "${KEY}=="\n`,
    '"entity": "osd.0"\n"\xe2\x84\xaaey": "***HIDDEN***"\n',
  ],
];

describe('redact/troubleshoot/two-lines', () => {
  itRedactsAsUpstream(VALUES);
});

describe('redact/troubleshoot/two-lines: Ceph', () => {
  itRedactsAsUpstream(CEPH);
});
