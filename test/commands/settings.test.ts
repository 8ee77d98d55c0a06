/** The settings of a command: what is nearly one is told. */

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';

import { readSettings } from '../../agent/commands/settings.ts';
import { never } from '../support/signal.ts';

describe('commands/settings', () => {
  it('says which variable is nearly a setting', () => {
    const stderr = new PassThrough();
    const config = readSettings({
      environment: { REDACT_ENABLED: 'email', REDACT_DISABLE: 'jwt' },
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr,
      self: [],
      signal: never(),
    });

    assert.deepEqual(config.redactDisable, ['jwt']);
    assert.equal(
      String(stderr.read()),
      'REDACT_ENABLED is not a setting; did you mean REDACT_ENABLE?\n',
    );
  });
});
