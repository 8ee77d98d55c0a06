/** What redaction did, in words. */

import assert from 'node:assert/strict';

import {
  describeCollectors,
  describeFiles,
  describeHidden,
  describeLeftOut,
} from '../../agent/commands/redaction-report.ts';

const FILE = { path: 'a.json', bytes: 12, sha256: '', collector: null, redactions: 3 };
const OTHER = { ...FILE, path: 'logs/b.log', bytes: 3456 };

describe('commands/redaction-report', () => {
  it('lists rules by how often they hid something', () => {
    const files = [
      { ...FILE, rules: { jwt: 1, 'named-secret': 2 } },
      { ...OTHER, rules: { 'named-secret': 10 } },
    ];

    assert.equal(
      describeHidden(files),
      ['hidden  files  rule', '    12      2  named-secret', '     1      1  jwt', ''].join('\n'),
    );
  });

  it('shows no control characters of names as they are: they could forge lines', () => {
    const path = 'a\u001b[2J\u009b\nleft out: b';

    assert.equal(
      describeLeftOut([{ path, reason: 'x\ty' }]),
      `left out: ${String.raw`a\x1b[2J\x9b\x0aleft out: b: x\x09y`}\n`,
    );
    assert.match(describeFiles([{ ...FILE, path, rules: {} }]), /a\\x1b\[2J\\x9b\\x0aleft out: b/);
  });

  it('says that nothing was hidden', () => {
    assert.equal(describeHidden([{ rules: {} }]), 'nothing was hidden\n');
  });

  it('lists files with their sizes and what was hidden in each', () => {
    const files = [
      { ...FILE, rules: { jwt: 1, 'named-secret': 2 } },
      { ...OTHER, rules: {} },
    ];

    assert.equal(
      describeFiles(files),
      [
        'bytes  file        hidden',
        '   12  a.json      jwt x1, named-secret x2',
        ' 3456  logs/b.log',
        '',
      ].join('\n'),
    );
  });

  it('lists collectors with what went wrong', () => {
    const report = { durationMs: 1, errors: [] };
    assert.equal(
      describeCollectors([
        { ...report, name: 'cluster-info', outcome: 'ok', files: 1, bytes: 410 },
        { ...report, name: 'logs', outcome: 'failed', files: 0, bytes: 0, errors: ['no pods'] },
      ]),
      [
        'files  bytes  collector     outcome',
        '    1    410  cluster-info  ok',
        '    0      0  logs          failed; no pods',
        '',
      ].join('\n'),
    );
  });

  it('names what is left out, and why', () => {
    assert.equal(describeLeftOut([{ path: 'a', reason: 'too large' }]), 'left out: a: too large\n');
    assert.equal(describeLeftOut([]), '');
  });
});
