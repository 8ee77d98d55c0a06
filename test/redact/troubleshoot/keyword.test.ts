/** redact/troubleshoot/keyword: letters that fold or lower to ASCII. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import { itRedactsAsUpstream, type Row } from './redacted.ts';

const KEY = 'A'.repeat(38);

const FOLDING: readonly Row[] = [
  [
    'takes a Kelvin sign for a k',
    '{\\"name\\":\\"TO\xe2\x84\xaaEN\\",\\"value\\":\\"x\\"}\n"name": "to\xe2\x84\xaaen"\n"value": "x"\n',
    '{\\"name\\":\\"TO\xe2\x84\xaaEN\\",\\"value\\":\\"***HIDDEN***\\"}\n"name": "to\xe2\x84\xaaen"\n"value": "***HIDDEN***"\n',
  ],
  [
    'takes ſ for an s in a scheme',
    'http\xc5\xbf://u:p@h',
    'http\xc5\xbf://***HIDDEN***:***HIDDEN***@h',
  ],
  ['takes ſ in no keyword by itself', 'pa\xc5\xbf\xc5\xbfword=x; \xc5\xbferver=y;'],
  [
    'takes ſ in a keyword where that stands without it too',
    'pa\xc5\xbf\xc5\xbfword=x; password',
    'pa\xc5\xbf\xc5\xbfword=***HIDDEN***; password',
  ],
  [
    'lets İ pass for an i where it asks for the keyword',
    '\xc5\xbferver=y; u\xc5\xbfer id=x; user \xc4\xb0d',
    '\xc5\xbferver=y; u\xc5\xbfer id=***HIDDEN***; user \xc4\xb0d',
  ],
  ['takes İ for no i in the keyword', 'u\xc4\xb0d=x; \xe2\x84\xaa'],
  [
    'does not take the bytes of one letter for those of another',
    'to\xc2\x84\xaaen http\xe5\xbf://u:p@h \xe2\x84\xaa \xc5\xbf',
  ],
  [
    'asks for the keyword of a first line in the same way',
    '"name": "pa\xc5\xbf\xc5\xbfword"\n"value": "x"\n"name": "pa\xc5\xbf\xc5\xbfword", "PASSWORD\n"value": "x"\n',
    '"name": "pa\xc5\xbf\xc5\xbfword"\n"value": "x"\n"name": "pa\xc5\xbf\xc5\xbfword", "PASSWORD\n"value": "***HIDDEN***"\n',
  ],
  [
    'asks for the keyword of a variable in the same way',
    '{\\"name\\":\\"U\xc5\xbfER\\",\\"value\\":\\"x\\"}\n{\\"name\\":\\"U\xc5\xbfER\\",\\"value\\":\\"user\\"}\n',
    '{\\"name\\":\\"U\xc5\xbfER\\",\\"value\\":\\"x\\"}\n{\\"name\\":\\"U\xc5\xbfER\\",\\"value\\":\\"***HIDDEN***\\"}\n',
  ],
  [
    'asks for the entity in the same way',
    `"entity": "o\xc5\xbfd.0"\n"key": "${KEY}=="\n"entity": "o\xc5\xbfd.cl\xc4\xb0ent"\n"key": "${KEY}=="\n`,
    `"entity": "o\xc5\xbfd.0"\n"key": "${KEY}=="\n"entity": "o\xc5\xbfd.cl\xc4\xb0ent"\n"key": "***HIDDEN***"\n`,
  ],
];

describe('redact/troubleshoot/keyword', () => {
  itRedactsAsUpstream(FOLDING);
});
