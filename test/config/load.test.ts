/** The environment as a whole: defaults, all problems at once, names that are nearly settings. */

import assert from 'node:assert/strict';

import { FIELDS } from '../../agent/config/fields.ts';
import { ConfigError, findNearSettings, loadConfig } from '../../agent/config/load.ts';

describe('config/load', () => {
  it('needs no setting at all', () => {
    const config = loadConfig({});

    assert.equal(config.schedule, undefined);
    assert.equal(config.uploadUrl, undefined);
    assert.equal(config.runTimeoutMs, 1_800_000);
    assert.equal(config.uploadKey, '{sha256}.tar.gz');
    assert.deepEqual(config.collectorsAllowed, ['read']);
  });

  it('takes an empty value as unset, but for the key, where it means the URL as it is', () => {
    const config = loadConfig({ RUN_TIMEOUT: '', UPLOAD_KEY: '' });

    assert.equal(config.runTimeoutMs, 1_800_000);
    assert.equal(config.uploadKey, '');
  });

  it('names every bad setting at once, with its value', () => {
    assert.throws(
      () => loadConfig({ RUN_TIMEOUT: 'soon', HISTORY: '0', ENGINE: 'fast' }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.deepEqual(error.problems, [
          'ENGINE must be one of auto, native, cli, not "fast"',
          'RUN_TIMEOUT must be a duration such as 90s, 30m, 2h or 7d, not "soon"',
          'HISTORY must be a whole number from 1 to 1000, not "0"',
        ]);
        return true;
      },
    );
  });

  it('does not show the value of a secret setting', () => {
    assert.throws(
      () => loadConfig({ UPLOAD_USER_AGENT: 'hush\nX: y' }),
      (error) => error instanceof ConfigError && !error.message.includes('hush'),
    );
  });

  it('names settings that contradict each other', () => {
    assert.throws(() => loadConfig({ RETRY_INITIAL: '2h' }), { code: 'CONFIG_INVALID' });
    assert.throws(() => loadConfig({ HTTP_PORT: '9000', ADMIN_PORT: '9000' }), {
      code: 'CONFIG_INVALID',
    });
  });

  it('leaves a bad schedule and destination to those who can say more about them', () => {
    const config = loadConfig({ SCHEDULE: 'whenever', UPLOAD_URL: 'nowhere' });

    assert.equal(config.schedule, 'whenever');
    assert.equal(config.uploadUrl, 'nowhere');
  });

  it('keeps a User-Agent as it is, blanks included', () => {
    assert.equal(loadConfig({ UPLOAD_USER_AGENT: ' agent ' }).uploadUserAgent, ' agent ');
  });

  it('warns of a name that is nearly a setting, and of no other', () => {
    const environment = { SCHEDUEL: '@daily', UPLOAD_URI: 'x', HOSTNAME: 'a', SCHEDULE: '@daily' };

    assert.deepEqual(findNearSettings(environment), [
      'SCHEDUEL is not a setting; did you mean SCHEDULE?',
      'UPLOAD_URI is not a setting; did you mean UPLOAD_URL?',
    ]);
  });

  it('has one variable a setting', () => {
    const names = Object.values(FIELDS).map((field) => field.env);

    assert.equal(new Set(names).size, names.length);
  });
});
