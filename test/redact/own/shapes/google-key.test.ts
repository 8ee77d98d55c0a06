/** The private key of a Google service account. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIEvQ\nxyz=\n-----END PRIVATE KEY-----\n';

describe('redact/own/shapes/google-key', () => {
  it('hides the key and its number in the file of an account', () => {
    const account = {
      type: 'service_account',
      private_key_id: 'a0b1c2d3e4',
      private_key: KEY,
      client_id: '1',
    };
    const masked = { ...account, private_key_id: MASK, private_key: MASK };

    assert.equal(redacted(JSON.stringify(account)), JSON.stringify(masked));
    assert.equal(redacted(JSON.stringify(account, null, 2)), JSON.stringify(masked, null, 2));
  });

  it('hides them in JSON that is inside of JSON', () => {
    let account: unknown = { private_key: KEY, client_id: '1' };
    let masked: unknown = { private_key: MASK, client_id: '1' };
    for (let depth = 0; depth < 3; depth++) {
      account = { log: JSON.stringify(account), level: 'info' };
      masked = { log: JSON.stringify(masked), level: 'info' };

      assert.equal(redacted(JSON.stringify(account)), JSON.stringify(masked));
    }
  });

  it('hides the rest of a line that is cut', () => {
    assert.equal(
      redacted(`{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIE\r\nx`),
      `{"private_key":"${MASK}\r\nx`,
    );
  });

  it('leaves what is no key', () => {
    for (const text of [
      '{"private_key":"/etc/keys/key.pem"}',
      '{"private_key":""}',
      `{"private_key":"${MASK}"}`,
      'private_key: -----BEGIN',
    ]) {
      assert.equal(redacted(text), text);
    }
  });
});

function redacted(text: string): string {
  const rules = shapeRules(new Set(['gcp-key']));
  return rules.open('a.txt', () => undefined)?.redact(text) ?? text;
}
