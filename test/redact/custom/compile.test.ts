/** Redactors of a spec in a row: their order, and what becomes of lines. Compared with support-bundle v0.133.0. */

import assert from 'node:assert/strict';

import { compileRedactors } from '../../../agent/redact/custom/compile.ts';
import { MASK } from '../../../agent/redact/rules.ts';
import { latin1 } from '../../support/latin1.ts';
import { randomBelow } from '../../support/random.ts';
import { names, type Redactors, redact, regex } from './redacted.ts';

describe('redact/custom/compile', () => {
  describe('order', () => {
    it('is values, regex, then yamlPath, whatever the document has first', () => {
      const removals = {
        yamlPath: ['a'],
        regex: [{ redactor: '(X: )(?P<mask>.*)' }, { redactor: '(HIDDEN)' }],
        values: ['a: 1', 'key'],
      };

      assert.deepEqual(names([{ name: 'r', removals }], 'b: a: 1\nX: key1\n'), [
        'r.literal.0',
        'r.literal.1',
        'r.regex.0',
      ]);
    });

    it('is that of the documents: each rule sees what those before it have left', () => {
      const redactors = [
        { removals: { regex: [{ redactor: '(a)-(?P<mask>b)' }] } },
        { removals: { values: [`a${MASK}`] } },
        { removals: { regex: [{ redactor: '(\\*{3})(?P<drop>HIDDEN\\*)(\\*\\*)' }] } },
      ];

      assert.equal(redact(redactors, 'x a-b x\n'), 'x ***** x\n');
    });

    it('does not let a rule see again what a later one has left', () => {
      const redactors = [
        { removals: { values: ['abc'] } },
        { removals: { regex: [{ redactor: '(a)x(bc)' }] } },
      ];

      assert.equal(redact(redactors, 'axbc\n'), 'abc\n');
    });

    it('lets a yamlPath see what the lines before it have become, and the lines after it what it has left', () => {
      const redactors = [
        { removals: { regex: [{ redactor: '(sec)x(ret: )(.*)' }], yamlPath: ['secret'] } },
        { removals: { values: [MASK] } },
      ];

      const redacted = redact(redactors, 'secxret: 1\nother: 2\n');

      assert.match(redacted, /^secret: ['"]?\*\*\*HIDDEN\*\*\*['"]?\nother: 2\n$/);
      assert.deepEqual(names(redactors, 'secxret: 1\nother: 2\n'), [
        'unnamed-0.regex.0',
        'unnamed-0.yaml.0',
      ]);
    });
  });

  describe('values', () => {
    it('are masked wherever they are in a line', () => {
      assert.equal(
        redact(values('s3cr3t'), 's3cr3ts3cr3t S3CR3T\ns3cr3t'),
        `${MASK}${MASK} S3CR3T\n${MASK}`,
      );
    });

    it('are UTF-8 in the text', () => {
      assert.equal(redact(values('pässword'), latin1('a pässword\n')), `a ${MASK}\n`);
    });

    it('hold as long and as short ones', () => {
      const long = 'long-'.repeat(30);

      assert.equal(
        redact(values(long, 'x'), `${long}x ${long.slice(0, -1)}\n`),
        `${MASK}${MASK} ${long.slice(0, -1)}\n`,
      );
    });

    it('have dollar signs like other characters', () => {
      assert.equal(redact(values('$1$&'), 'a $1$& b\n'), `a ${MASK} b\n`);
    });
  });

  describe('regex', () => {
    it('works on each line without its line feed, carriage returns included', () => {
      const redactors = regex('(k=)(?P<mask>[^;]*)$');

      assert.equal(redact(redactors, 'k=1\r\nk=2\n\nk=3'), `k=${MASK}\nk=${MASK}\n\nk=${MASK}`);
    });

    it('without a literal sees every line', () => {
      assert.equal(redact(regex('(?P<mask>\\d{2,})'), '1\n12\nx\n345'), `1\n${MASK}\nx\n${MASK}`);
    });

    it('finds what it needs in either case only where it says so', () => {
      assert.equal(redact(regex('(?i)(token=)(?P<mask>.*)'), 'TOKEN=1\n'), `TOKEN=${MASK}\n`);
      assert.equal(redact(regex('(token=)(?P<mask>.*)'), 'TOKEN=1\n'), 'TOKEN=1\n');
    });

    it('finds a literal that only an earlier rule has put together', () => {
      const redactors = [
        ...regex('(pass)-(word)'),
        ...regex('(password: )(?P<mask>.*)'),
        ...regex('(HIDDEN)\\*'),
      ];

      assert.equal(redact(redactors, 'a\npass-word: x\nb\n'), 'a\npassword: ***HIDDEN**\nb\n');
    });

    it('adds no line and takes none away', () => {
      assert.equal(redact(regex('.*'), 'a\nb\n\n'), '\n\n\n');
    });

    it('leaves a mask, which is told of no second time', () => {
      assert.deepEqual(names(regex('(k=)(?P<mask>\\S+)'), `k=${MASK}\nk=1\n`), [
        'unnamed-0.regex.0',
      ]);
    });
  });

  describe('regex with selector', () => {
    const pairs = [
      {
        name: 'p',
        removals: {
          regex: [{ selector: '"name": "pass"', redactor: '("value": ")(?P<mask>.*)(")' }],
        },
      },
    ];

    it('masks in the next line only', () => {
      const [name, value] = ['"name": "pass"', '"value": "x"'];

      assert.equal(
        redact(pairs, `${value}\n${name}\n${value}\n${value}\n`),
        `${value}\n${name}\n"value": "${MASK}"\n${value}\n`,
      );
      assert.deepEqual(names(pairs, `${name}\n${value}`), ['p.multiLine.0']);
    });

    it('has used up a pair that it has looked at', () => {
      const [name, value] = ['"name": "pass"', '"value": "x"'];

      assert.equal(redact(pairs, `${name}\n${name}\n${value}\n`), `${name}\n${name}\n${value}\n`);
      assert.equal(
        redact(pairs, `${name}\n${name}\n${name}\n${value}\n`),
        `${name}\n${name}\n${name}\n"value": "${MASK}"\n`,
      );
    });

    it('sees each line as the rules before it have left it', () => {
      const redactors = [
        { removals: { regex: [{ selector: '^a$', redactor: '(?P<x>b)c' }] } },
        { removals: { regex: [{ selector: '^b$', redactor: '(?P<mask>.+)' }] } },
      ];

      assert.equal(redact(redactors, 'a\nbc\nd\ne'), `a\nb\n${MASK}\ne`);
    });

    it('selects a line without text, and masks one', () => {
      const redactors = [{ removals: { regex: [{ selector: '^$', redactor: '(?P<mask>^$)' }] } }];

      assert.equal(redact(redactors, '\n\n\n\nx'), `\n${MASK}\n\n${MASK}\nx`);
    });

    it('is told by an empty selector from none', () => {
      const redactors = [{ removals: { regex: [{ selector: '', redactor: '(k=)(?P<mask>.)' }] } }];

      assert.deepEqual(names(redactors, 'k=1\n'), ['unnamed-0.regex.0']);
    });

    it('ends with a last line that an earlier rule has made empty', () => {
      const redactors = [
        { removals: { values: ['kept'], regex: [{ redactor: 'gone' }] } },
        { removals: { regex: [{ selector: 'a', redactor: '(?P<mask>.*)' }] } },
      ];

      assert.equal(redact(redactors, 'a\ngone'), 'a\n');
      assert.equal(redact(redactors, 'a\ngone\n'), `a\n${MASK}\n`);
    });
  });

  describe('pieces', () => {
    it('may be cut between any lines', () => {
      const redactors = [
        ...values('lemon'),
        ...regex('(?i)(token *= *)(?P<mask>[^;]+)(;)?'),
        { removals: { regex: [{ selector: 'name', redactor: '(?P<mask>\\d+)|(name)s' }] } },
        {
          removals: {
            regex: [{ selector: '\\d|HIDDEN', redactor: '(.*)' }, { redactor: '^(.?)x*$' }],
          },
        },
      ];
      const random = randomBelow(11);
      const words = ['name', 'names', '1', '22', 'token = a', ';', 'lemon', 'x', '', ' '];
      for (let round = 0; round < 200; round++) {
        const lines = Array.from({ length: 12 }, () => {
          const text = Array.from({ length: 3 }, () => words[random(words.length)]).join('');
          return `${text}\n`;
        });
        const whole = redact(redactors, lines.join(''));
        const file = compileRedactors(redactors).open('x', () => undefined);
        let cut = '';
        let piece = '';
        for (const [index, line] of lines.entries()) {
          piece += line;
          if (random(3) > 0 && index < lines.length - 1) continue;
          cut += file?.redact(piece);
          piece = '';
        }

        assert.equal(cut, whole);
      }
    });

    it('of one file do not touch those of another', () => {
      const rules = compileRedactors([
        { removals: { regex: [{ selector: 'name', redactor: '(?P<mask>value)' }] } },
      ]);
      const [one, other] = ['one', 'other'].map((path) => rules.open(path, () => undefined));

      one?.redact('name\n');

      assert.equal(other?.redact('value\n'), 'value\n');
      assert.equal(one?.redact('value\n'), `${MASK}\n`);
    });

    it('are given back as they are where nothing is hidden', () => {
      const text = 'a\nb\n';

      assert.equal(redact(values('c'), text), text);
    });
  });

  describe('many rules', () => {
    it('do what each of them does alone', () => {
      const random = randomBelow(5);
      const redactors = Array.from({ length: 300 }, (_, index) =>
        index % 2 === 0
          ? { removals: { values: [`value-${index}`] } }
          : { removals: { regex: [{ redactor: `(?i)(key${index}=)(?P<mask>\\w+)` }] } },
      );
      const text = Array.from({ length: 300 }, () => {
        const index = random(300);
        return `noise value-${index} KEY${index}=s3cr3t key${index + 1}= x\n`;
      }).join('');
      const oneByOne = redactors.reduce((left, redactor) => redact([redactor], left), text);

      assert.equal(redact(redactors, text), oneByOne);
      assert.notEqual(oneByOne, text);
    });
  });
});

function values(...texts: string[]): Redactors {
  return [{ removals: { values: texts } }];
}
