/** kube/exec-ending: what the Status of a command says. */

import assert from 'node:assert/strict';

import { endingOf } from '../../agent/kube/exec-ending.ts';

describe('kube/exec-ending', () => {
  for (const [what, status, expected] of [
    ['success', { status: 'Success' }, { kind: 'succeeded' }],
    [
      'an exit code',
      exited([
        { reason: 'Other', message: '1' },
        { reason: 'ExitCode', message: '137' },
      ]),
      { kind: 'failed', message: 'command terminated with exit code 137', exitCode: 137 },
    ],
    [
      'a failure without an exit code',
      { status: 'Failure', reason: 'InternalError', message: 'error executing command: no sh' },
      { kind: 'failed', message: 'error executing command: no sh' },
    ],
    [
      'an exit code that is missing',
      exited([]),
      { kind: 'failed', message: 'error stream protocol error: no ExitCode cause given' },
    ],
    [
      'an exit code that is no number',
      exited([{ reason: 'ExitCode', message: 'many' }]),
      { kind: 'failed', message: 'error stream protocol error: no ExitCode cause given' },
    ],
    [
      'no status',
      'gone',
      { kind: 'failed', message: 'error stream protocol error: unknown error' },
    ],
  ] as const) {
    it(`understands ${what}`, () => {
      assert.deepEqual(endingOf(Buffer.from(JSON.stringify(status))), expected);
    });
  }

  it('does not fail for what is not JSON', () => {
    assert.equal(endingOf(Buffer.from('{')).kind, 'failed');
  });
});

function exited(causes: readonly unknown[]): unknown {
  return { status: 'Failure', reason: 'NonZeroExitCode', message: 'whole', details: { causes } };
}
