/** Tests of upload/redaction. */

import assert from 'node:assert/strict';

import { redactorOf } from '../../agent/upload/redaction.ts';

const SECRETS = {
  url: 'https://us%40er:pass%26word@bundles.example.com/in?sig=s3cr3t%2Fquery',
  userAgent: 'agent "quoted" <tag>&amp',
  headers: { authorization: 'Bearer tok3n-value', 'x-short': 'abc' },
};

describe('upload/redaction', () => {
  for (const text of [
    'who is agent "quoted" <tag>&amp?',
    'agent &quot;quoted&quot; &lt;tag&gt;&amp;amp',
    '{"agent":"agent \\"quoted\\" <tag>&amp"}',
    encodeURIComponent('agent "quoted" <tag>&amp'),
    'Bearer tok3n-value',
    'token tok3n-value is not known',
    'us@er',
    'us%40er:pass%26word',
    'pass&word',
    `Basic ${Buffer.from('us@er:pass&word').toString('base64')}`,
    's3cr3t/query',
    's3cr3t%2Fquery',
    'https://other.example/x?X-Amz-Signature=123456',
  ]) {
    it(`hides what is secret in ${JSON.stringify(text)}`, () => {
      const redacted = redactorOf(SECRETS)(`before ${text} after`);

      assert.match(redacted, /^before .*\*\*\*HIDDEN\*\*\*.* after$/);
      for (const secret of ['quoted', 'tok3n', 'us@er', 'us%40er', 'word', 's3cr3t', '123456']) {
        assert.ok(!redacted.includes(secret), redacted);
      }
    });
  }

  it('leaves everything else as it is', () => {
    const text = 'abc: is it really 403 Forbidden? yes, for https://bundles.example.com/in';

    assert.equal(redactorOf(SECRETS)(text), text);
  });

  it('takes a password with a lone percent sign', () => {
    const redact = redactorOf({
      url: 'https://a:100%sure@example.com',
      userAgent: '',
      headers: {},
    });

    assert.equal(redact('not 100%sure'), 'not ***HIDDEN***');
  });
});
