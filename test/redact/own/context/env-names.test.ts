/** Names of environment variables that say secret of some values only. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { itHides, itLeaves, redact } from './redacted.ts';

const NAMES =
  'REDIS_AUTH AUTH ENCRYPTION_SALT SALT STORAGE_SAS AZURE_STORAGE_KEY DB_KEY KEY USER_PIN PIN SMS_OTP OTP DB_KEY_2 SALT1';
const OTHER_NAMES =
  'PUBLIC_KEY SSH_PUBLIC_KEY SORT_KEY PARTITION_KEY CACHE_KEY S3_OBJECT_KEY primary_key sort_key key salt pin MONKEY SPIN ' +
  'ATLAS BASALT KEY_ID KEY_FILE AUTH_MODE SALT_LENGTH y-KEY X.KEY';

/** Of `DB_KEY`. */
const NONE =
  'name node-role.kubernetes.io/control-plane app.kubernetes.io/name topology.kubernetes.io/zone /etc/tls/tls.key tls.key ' +
  'https://x.example/y1 created_at createdAt us-east-1a web-0 v1.2.3 12345678 2026-11-26 S3_BUCKET ${X:-y1} $KEY_DIR/x1 a/b2/c ' +
  'a1 client-id config.v2.yaml';

describe('redact/own/context/env-names', () => {
  for (const name of NAMES.split(' ')) {
    it(`takes ${name} for the name of a secret`, () => {
      const texts = [
        `A=b\n${name}=§\nB=c\n`,
        `export ${name}=§\n`,
        `x ${name}=§ y\n`,
        `{"${name}":"§","b":"c"}\n`,
        `{"name":"${name}","value":"§"}\n`,
        `{"value":"§","name":"${name}"}\n`,
        `"name": "${name}",\n"value": "§"\n`,
        `"value": "§",\n"name": "${name}"\n`,
        `{"a":"{\\"name\\":\\"${name}\\",\\"value\\":\\"§\\"}"}\n`,
        `{"a":"x\\n${name}=§\\nB=c"}\n`,
        `- name: ${name}\n  value: "§"\n`,
        `${name}: "§"\n`,
      ];
      for (const text of texts) {
        const redacted = redact(text.replaceAll('§', 'hunter2-Zq81xk'));

        assert.equal(redacted, text.replaceAll('§', MASK));
        assert.equal(redact(redacted), redacted);
      }
    });
  }

  for (const name of OTHER_NAMES.split(' ')) {
    it(`does not take ${name} for one`, () => {
      for (const text of [`${name}=§\n`, `{"${name}":"§"}\n`, `- name: ${name}\n  value: §\n`]) {
        const secret = text.replaceAll('§', 'hunter2-Zq81xk');

        assert.equal(redact(secret), secret);
      }
    });
  }

  for (const value of NONE.split(' ')) {
    it(`takes ${value} for no key`, () => {
      for (const name of ['DB_KEY', 'KEY', 'AUTH']) {
        itIsLeft(`${name}=${value}\n`);
        itIsLeft(`{"${name}":"${value}"}\n`);
        itIsLeft(`{"name":"${name}","value":"${value}"}\n`);
        itIsLeft(`{"value":"${value}","name":"${name}"}\n`);
        itIsLeft(`"name": "${name}",\n"value": "${value}"\n`);
        itIsLeft(`"value": "${value}",\n"name": "${name}"\n`);
      }
    });
  }

  itHides([
    ['STORAGE_SAS=sv=2020-08-04&ss=b&sig=§%2B§\n', 'STORAGE_SAS=§\n'],
    ['"STORAGE_SAS=sv=2020-08-04&ss=b&sig=§"\n', '"STORAGE_SAS=§&ss=b&sig=§"\n'],
    [
      'sv=2020-08-04\\u0026sig\\u003d§\\u0026se=x\n',
      'sv=2020-08-04\\u0026sig\\u003d§\\u0026se=x\n',
    ],
    ['USER_PIN=4711\nPIN: 4711\n{"OTP":123456}\n', 'USER_PIN=§\nPIN: \'§\'\n{"OTP":"§"}\n'],
    ['{"name":"USER_PIN","value":"4711"}\n', '{"name":"USER_PIN","value":"§"}\n'],
    ['{"value":"4711","name":"USER_PIN"}\n', '{"value":"§","name":"USER_PIN"}\n'],
    ['- name: USER_PIN\n  value: "4711"\n', '- name: USER_PIN\n  value: "§"\n'],
    ['{"PIN":4711,"b":1}\n', '{"PIN":"§","b":1}\n'],
    ['ENCRYPTION_SALT=pepper\n', 'ENCRYPTION_SALT=§\n'],
    ['AZURE_STORAGE_KEY=Eby8vdM02xNOcqFlqUwJPLlm/+w==\n', 'AZURE_STORAGE_KEY=§\n'],
    ['DB_KEY=xGzQkWmTqLpVbNcR\n', 'DB_KEY=§\n'],
  ]);

  itLeaves([
    'KEY: app.kubernetes.io/name\n',
    '"key": "node-role.kubernetes.io/control-plane",\n',
    '"key": "a1b2c3d4e5",\n',
    'LED_PIN=13\n',
    'PIN: required\n',
    'AUTH: user 5 failed to log in\n',
    'KEY: see the manual of version 2\n',
    'HASH_SALT=enabled\n',
    'abc/KEY=\nabcd+PIN==\n',
    'MIIC/OTP=abc1234567\n',
    'AUTH=${AUTH} run\n',
    'form AUTH=<mechanism>.\n',
    '- `AUTH=auth`\n',
    'DB_KEY: $(cat "${X_KEY}")\n',
    '- name: TLS_KEY\n  value: /etc/tls/tls.key\n',
  ]);
});

function itIsLeft(text: string): void {
  assert.equal(redact(text), text);
}
