/** A bundle, entry by entry: what is hidden, what is left out, and that nothing passes where redaction fails. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

import { WorkFolder } from '../../agent/body/body.ts';
import type { Collected, CollectorResult, FileEntry } from '../../agent/bundle.ts';
import { compileRedactors } from '../../agent/redact/custom/compile.ts';
import type { Look } from '../../agent/redact/look.ts';
import { type RedactOptions, redactCollected } from '../../agent/redact/redact.ts';
import { MASK, type RuleSet } from '../../agent/redact/rules.ts';
import { fileEntry, from, linkEntry, tarOf, temporaryFolder } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

const SECRET = 'hunter2';

/** Hides one word, fails at another. */
const HIDER: RuleSet = {
  open: (_path, onHidden) => ({
    redact: (lines) => {
      if (lines.includes('broken')) throw new Error('this rule cannot go on');
      return lines.replaceAll(SECRET, () => {
        onHidden('hider');
        return MASK;
      });
    },
  }),
};

describe('redact/redact', () => {
  const folder = temporaryFolder();

  afterEach(() => {
    assert.deepEqual(readdirSync(folder()), [], 'something is left in WORK_DIR');
  });

  it('gives files with their secrets hidden, their new length, and counts by rule', async () => {
    const text = `a\n${SECRET} and ${SECRET}\n`;
    const [file] = await redact(
      from(fileEntry('a.txt', text, { collector: 'logs', chunkBytes: 3 })),
    );

    assert.equal(file?.text, `a\n${MASK} and ${MASK}\n`);
    assert.equal(file.entry.bytes, Buffer.byteLength(file.text));
    assert.equal(file.entry.collector, 'logs');
    assert.deepEqual([...(file.entry.hidden ?? [])], [['hider', 2]]);
  });

  it('gives files that are larger than what is kept in memory', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(60_000);
    const [file] = await redact(
      from(fileEntry('large.log', text + SECRET, { chunkBytes: 65_536 })),
    );

    assert.equal(file?.text, text + MASK);
  });

  it('leaves out and names what a rule fails at, and goes on', async () => {
    const { files, others } = await redactAll(
      from(fileEntry('a', 'good'), fileEntry('b', 'broken'), fileEntry('c', 'good')),
    );

    assert.deepEqual(
      files.map(({ entry }) => entry.path),
      ['a', 'c'],
    );
    assert.deepEqual(others, [
      {
        kind: 'left-out',
        path: 'b',
        reason: 'it could not be redacted: this rule cannot go on',
      },
    ]);
  });

  it('fails where the source does: a file that could not be read is no matter of redaction', async () => {
    const entry: FileEntry = {
      ...fileEntry('a', ''),
      read: () => {
        throw new Error('the archive is cut off');
      },
    };

    await assert.rejects(redactAll(from(entry)), /the archive is cut off/);
  });

  it('leaves out what the second look still finds, and says what, never the value', async () => {
    const { files, others } = await redactAll(
      from(fileEntry('a', 'still here'), fileEntry('b', 'fine')),
      { lookAgain: () => lookFor('still here') },
    );

    assert.deepEqual(
      files.map(({ entry }) => entry.path),
      ['b'],
    );
    assert.deepEqual(others, [
      {
        kind: 'left-out',
        path: 'a',
        reason: 'after redaction it still held what looks like a secret (a-shape)',
        finding: 'a-shape',
      },
    ]);
  });

  it('looks again at members of archives', async () => {
    const body = await tarOf([{ name: 'inner', body: 'still here' }]);
    const { files, others } = await redactAll(from(fileEntry('a.tar', body)), {
      lookAgain: () => lookFor('still here'),
    });

    assert.equal(files.length, 0);
    assert.deepEqual(
      others.map((one) => 'finding' in one && one.finding),
      ['a-shape'],
    );
  });

  it('leaves out the member alone that is too deep or too large for a yamlPath, and names it', async () => {
    const removals = { yamlPath: ['a'] };
    const body = await tarOf([
      { name: 'deep.yaml', body: `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}` },
      { name: 'long.yaml', body: `a: |\n${'  text\n'.repeat(80_000)}` },
      { name: 'large.log', body: Buffer.alloc(2 ** 25 + 1, 'a\n') },
      { name: 'fine.yaml', body: 'a: 1' },
    ]);

    const { files, others } = await redactAll(from(fileEntry('a.tar', body)), {
      sets: [compileRedactors([{ name: 'mine', removals }])],
    });

    assert.match(files[0]?.text ?? '', /fine\.yaml[^]*a: '\*\*\*HIDDEN\*\*\*'/);
    assert.doesNotMatch(files[0]?.text ?? '', /deep\.yaml|long\.yaml|large\.log/);
    assert.deepEqual(
      others.map((one) => one.kind === 'left-out' && [one.path, one.reason]),
      [
        ['a.tar/deep.yaml', 'its YAML cannot be looked into: Maximum call stack size exceeded'],
        [
          'a.tar/long.yaml',
          'its YAML cannot be looked into: a document of more than 524288 characters',
        ],
        ['a.tar/large.log', 'it is larger than 32 MiB'],
      ].map(([path, wrong]) => [path, `redactor mine has a yamlPath for it, and ${wrong}`]),
    );
  });

  it('redacts compressed files', async () => {
    const { files } = await redactAll(from(fileEntry('a.log.gz', gzipSync(`x ${SECRET}\n`))));

    const [file] = files;
    assert.equal(file && gunzipSync(file.bytes).toString(), `x ${MASK}\n`);
    assert.deepEqual([...(file?.entry.hidden ?? [])], [['hider', 1]]);
  });

  it('leaves out what cannot be looked into, unless it is to be kept', async () => {
    const opaque = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(100)]);

    const left = await redactAll(from(fileEntry('a.xz', opaque)));
    const kept = await redactAll(from(fileEntry('a.xz', opaque)), { opaque: 'keep' });

    assert.match(JSON.stringify(left.others), /cannot be looked into; REDACT_OPAQUE=keep/);
    assert.equal(kept.files.length, 1);
  });

  it('leaves out what has a secret in its name, and hides that there too', async () => {
    const { files, others } = await redactAll(
      from(fileEntry(`logs/${SECRET}.txt`, 'x'), linkEntry('link', `../${SECRET}`), {
        kind: 'left-out',
        path: `x/${SECRET}`,
        reason: `because of ${SECRET}`,
      }),
    );

    assert.equal(files.length, 0);
    assert.equal(others.length, 3);
    assert.doesNotMatch(JSON.stringify(others), new RegExp(SECRET));
    assert.match(JSON.stringify(others), /its name holds what the rule hider hides/);
  });

  it('hides secrets in what is told of collectors', async () => {
    const { others } = await redactAll(
      from(collectorResult(`the answer was ${SECRET} ${'y'.repeat(400)}`)),
    );

    const [report] = others;
    assert.ok(report?.kind === 'collector');
    assert.doesNotMatch(String(report.errors[0]), new RegExp(SECRET));
    assert.ok(Buffer.byteLength(String(report.errors[0])) <= 300);
  });

  it('hides secrets in the names of rules, which a spec gives', async () => {
    const named: RuleSet = {
      open: (_path, onHidden) => ({
        redact: (lines) => {
          onHidden(`${SECRET}.literal.0`);
          return lines;
        },
      }),
    };
    const { files } = await redactAll(from(fileEntry('a.txt', 'x')), { sets: [HIDER, named] });

    assert.deepEqual([...(files[0]?.entry.hidden ?? [])], [[`${MASK}.literal.0`, 1]]);
  });

  it('hides whole what a rule fails at in reasons and in what is told of collectors', async () => {
    const { others } = await redactAll(
      from({ kind: 'left-out', path: 'a', reason: 'a broken reason' }, collectorResult('broken')),
    );

    const [leftOut, report] = others;
    assert.ok(leftOut?.kind === 'left-out' && report?.kind === 'collector');
    assert.equal(leftOut.reason, MASK);
    assert.deepEqual(report.errors, [MASK]);
  });

  it('ends when the signal aborts', async () => {
    const stopping = new AbortController();
    const entry: FileEntry = {
      ...fileEntry('a', ''),
      async *read() {
        yield Buffer.from('x\n');
        stopping.abort(new Error('enough'));
        yield Buffer.from('y\n');
      },
    };

    await assert.rejects(redactAll(from(entry), {}, stopping.signal), /enough/);
  });

  it('takes all but archives for text, in archives too, where troubleshoot does', async () => {
    const wide = Buffer.from(`\ufeff${SECRET}`, 'utf16le');
    const members = [
      { name: 'a.gz', body: SECRET },
      { name: 'a.p12', body: SECRET },
      { name: 'a.txt', body: wide },
      { name: 'b.tar', body: await tarOf([{ name: 'a.zip', body: SECRET }]) },
    ];
    const archives = [
      fileEntry('a.tar', await tarOf(members)),
      fileEntry('a.tgz', gzipSync(await tarOf(members))),
      fileEntry('a.zip', SECRET),
    ];

    const { files, others } = await redactAll(from(...archives), { isUpstream: true });
    const [tar, tgz, zip] = files.map(({ bytes }) => bytes);

    assert.deepEqual(others, []);
    assert.equal(zip?.toString(), MASK);
    assert.deepEqual(tgz && gunzipSync(tgz), tar);
    assert.equal(tar?.toString('latin1').split(MASK).length, 4);
    assert.ok(tar.includes(wide));
  });

  interface Redacted {
    readonly files: readonly RedactedFile[];
    readonly others: readonly Exclude<Collected, FileEntry>[];
  }

  async function redact(collected: AsyncIterable<Collected>): Promise<Redacted['files']> {
    return (await redactAll(collected)).files;
  }

  async function redactAll(
    collected: AsyncIterable<Collected>,
    overrides: Partial<RedactOptions> = {},
    signal = never(),
  ): Promise<Redacted> {
    const files: RedactedFile[] = [];
    const others: Exclude<Collected, FileEntry>[] = [];
    const options: RedactOptions = {
      sets: [HIDER],
      nameSets: [HIDER],
      lookAgain: undefined,
      opaque: 'leave-out',
      maxContentBytes: 64 * 2 ** 20,
      workDir: new WorkFolder(folder(), 2 ** 30),
      ...overrides,
    };
    for await (const one of redactCollected(collected, options, signal)) {
      if (one.kind !== 'file') {
        others.push(one);
        continue;
      }
      const chunks: Uint8Array[] = [];
      // A copy: what was read of a body is let go of with it.
      for await (const chunk of one.read()) chunks.push(Buffer.from(chunk));
      const bytes = Buffer.concat(chunks);
      files.push({ entry: one, text: bytes.toString(), bytes });
    }
    return { files, others };
  }
});

interface RedactedFile {
  readonly entry: FileEntry;
  readonly text: string;
  readonly bytes: Buffer;
}

function collectorResult(error: string): CollectorResult {
  return {
    kind: 'collector',
    name: 'http/x',
    outcome: 'failed',
    durationMs: 1,
    files: 0,
    bytes: 0,
    errors: [error],
  };
}

function lookFor(words: string): Look {
  let text = '';
  return {
    push: (chunk) => {
      text += Buffer.from(chunk).toString();
    },
    finish: () => undefined,
    get finding() {
      return text.includes(words) ? 'a-shape' : undefined;
    },
  };
}
