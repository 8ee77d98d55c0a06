/** Text through sets of rules: in pieces, or whole where a rule must see it whole, and long lines. */

import assert from 'node:assert/strict';

import { ContentError } from '../../agent/redact/content-error.ts';
import { MASK, MAX_LINE_BYTES, type RuleSet } from '../../agent/redact/rules.ts';
import { redactText } from '../../agent/redact/text.ts';
import { drain } from '../support/generators.ts';

const MEBIBYTE = 2 ** 20;

describe('redact/text', () => {
  it('gives pieces of whole lines as they come', async () => {
    const { set, seen } = observer(undefined);

    await redact(set, ['a\nb', 'c\n', 'd']);

    assert.deepEqual(seen, ['a\n', 'bc\n', 'd']);
  });

  it('gives no piece that ends behind an open line, however many there are', async () => {
    const { set, seen } = observer(undefined);
    const endsOpen = (line: string): boolean => line.startsWith('>');

    await redact({ ...set, endsOpen }, ['a\n>b\n', '>c\n', 'd\ne\n', '>f\n', '>g']);

    assert.deepEqual(seen, ['a\n', '>b\n>c\nd\ne\n', '>f\n>g']);
  });

  it('holds back no more than 64 KiB', async () => {
    const { set, seen } = observer(undefined);
    const open = '>\n'.repeat(40 * 1024);

    await redact({ ...set, endsOpen: () => true }, [open, '>\n', 'end\n']);

    assert.equal(seen[0], open);
    assert.equal(seen.slice(1).join(''), '>\nend\n');
  });

  it('passes over what a set has left, where no set between has changed it', async () => {
    const seen: string[] = [];
    const twice: RuleSet = {
      open: () => ({
        redact(lines) {
          seen.push(`redact ${lines}`);
          return lines.replace('a', 'A');
        },
        pass: (lines) => void seen.push(`pass ${lines}`),
      }),
    };
    const between: RuleSet = { open: () => ({ redact: (lines) => lines.replace('b', 'a') }) };

    const { text } = await redact([twice, between, twice], ['a\n', 'b\n']);

    assert.equal(text, 'A\nA\n');
    assert.deepEqual(seen, ['redact a\n', 'pass A\n', 'redact b\n', 'redact a\n']);
  });

  it('gives the whole file at once where a rule must see it so', async () => {
    const { set, seen } = observer('this rule looks at all of it');

    await redact(set, ['a\nb', 'c\n', 'd']);

    assert.deepEqual(seen, ['a\nbc\nd']);
  });

  it('gives nothing of an empty file, at once or not', async () => {
    for (const reason of [undefined, 'this rule looks at all of it']) {
      const { set, seen } = observer(reason);

      assert.equal((await redact(set, [])).text, '');
      assert.deepEqual(seen, []);
    }
  });

  it('refuses a file of more than 32 MiB that a rule must see whole', async () => {
    const { set } = observer('this rule looks at all of it');
    const chunks = Array<string>(32).fill('a\n'.repeat(MEBIBYTE / 2));

    assert.equal((await redact(set, chunks)).text.length, 32 * MEBIBYTE);
    await assert.rejects(redact(set, [...chunks, 'x']), (error) => {
      assert.ok(error instanceof ContentError);
      assert.equal(error.message, 'this rule looks at all of it, and it is larger than 32 MiB');
      return true;
    });
  });

  it('takes a file of any size that no rule must see whole', async () => {
    const { set } = observer(undefined);
    const chunks = Array<string>(33).fill('a\n'.repeat(MEBIBYTE / 2));

    assert.equal((await redact(set, chunks)).text.length, 33 * MEBIBYTE);
  });

  it('counts each line that is cut as hidden by long-line', async () => {
    const { set } = observer(undefined);
    const long = `${'x'.repeat(MAX_LINE_BYTES)}rest`;

    const { text, hidden } = await redact(set, [`${long}\nshort\n${long}`]);

    assert.deepEqual(hidden, ['long-line', 'long-line']);
    assert.equal(text.split(MASK).length, 3);
    assert.equal(text.includes('rest'), false);
  });
});

/** A set that changes nothing, and what it is given. */
function observer(reason: string | undefined): { readonly set: RuleSet; readonly seen: string[] } {
  const seen: string[] = [];
  const set: RuleSet = {
    reasonForWhole: () => reason,
    open: () => ({
      redact(lines) {
        seen.push(lines);
        return lines;
      },
    }),
  };
  return { set, seen };
}

async function redact(
  sets: RuleSet | readonly RuleSet[],
  chunks: readonly string[],
): Promise<{ readonly text: string; readonly hidden: readonly string[] }> {
  const hidden: string[] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const options = { path: 'a', onHidden: (rule: string) => hidden.push(rule) };
  const redacted = await drain(redactText([sets].flat(), options, source()));
  return { text: Buffer.concat(redacted).toString(), hidden };
}
