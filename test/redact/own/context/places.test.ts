/** The rules for settings, sections and options together: at rest, in pieces, in time. */

import assert from 'node:assert/strict';

import { seededRandom } from '../../../support/random.ts';
import { redact } from './redacted.ts';
import { WORDS } from './texts.ts';

const OWN_WORDS = [
  '\nauth_pass x9K1\n',
  'auth_pass ',
  'set $api_key ',
  ';\n',
  'proxy_set_header ',
  'X-Api-Key x9K1;',
  'user bob on >',
  ' >x9K1 ~*',
  'sentinel auth-pass m ',
  '\npassword:\n',
  '----\n',
  'password:\\n----\\n',
  '\nchpasswd:\n  list: |\n',
  '    root:x9K1\n',
  'chpasswd:\\n  list: |\\n    root:',
  'LoginModule required\n',
  ' user_admin="x9K1"',
  '\n| DB_TOKEN | x9K1 |\n',
  'Unseal Key 1: ',
  'ETCDCTL_USER=',
  'AUTH_USERS: ',
  'root:x9K1',
  '--user=',
  '--basic-auth',
  '- mysql -uroot -p',
  'curl -sku a:',
  'vault login ',
  'mc alias set m u a ',
  'rabbitmqctl add_user bob ',
  'echo x9K1 | docker login --password-stdin',
  '["smbclient","-U","a%x9K1"]',
];
const ALL_WORDS = [...WORDS, ...OWN_WORDS, ...OWN_WORDS, ...OWN_WORDS, ...OWN_WORDS];
/** As in `rules.test.ts`. */
const UNDECIDED = /data|value/i;

/** Slow for a careless pattern, if there are many in a line. */
const ADVERSARIAL = [
  '\\nauth_pass x',
  '\\nauth_pass ',
  '"auth_pass ',
  '\\n\\t\\t',
  'a_token ',
  'auth_pass x\n',
  'set $api_key "',
  'user a on >',
  'user a on ',
  'user ',
  'neighbor ',
  '\\nsentinel auth-pass ',
  'password:\\n----\\n',
  '\\npassword:\\n a',
  'password:\n----\n',
  'chpasswd:\\n  list: |\\n    a:b',
  'LoginModule required ',
  'LoginModule required\n',
  'LoginModule required user_a="',
  'user_a=',
  '| a_token ',
  '| `a_token` | `a',
  'Unseal Key 1: ',
  '--user=a:',
  'AUTH_USERS=a:',
  'mc alias set ',
  'mc alias set -a ',
  'rabbitmqctl ',
  'rabbitmqctl add_user ',
  'vault login -a ',
  'echo a ',
  'echo a | login ',
  '--certificate-key ',
  'curl -u',
  '7z -p',
  'http -a a:b ',
  '- curl -u a:b\\n',
];

describe('redact/own/context: places of secrets', () => {
  it('changes nothing a second time, whatever the text', () => {
    for (const text of randomTexts(4_000)) {
      const once = redact(text);

      assert.equal(redact(once), once, JSON.stringify(text));
    }
  });

  it('gives the same for a text in pieces', () => {
    for (const text of randomTexts(4_000)) {
      if (UNDECIDED.test(text)) continue;
      const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

      assert.equal(redact(...lines), redact(text), JSON.stringify(text));
    }
  });

  for (const unit of ADVERSARIAL) {
    it(`is done in time with 1 MB of ${JSON.stringify(unit)}`, () => {
      redact(unit.repeat(1_000_000 / unit.length));
    }).timeout(60_000);
  }
});

function randomTexts(count: number): readonly string[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 2 + Math.floor(random() * random() * 30) },
      () => ALL_WORDS[Math.floor(random() * ALL_WORDS.length)] ?? '',
    ).join(''),
  );
}
