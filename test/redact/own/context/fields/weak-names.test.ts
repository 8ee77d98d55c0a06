/** Names of keys and the like that are secrets of some products. */

import { itHides, itLeaves } from '../redacted.ts';

const NAMES =
  'RABBITMQ_ERLANG_COOKIE erlangCookie RELEASE_COOKIE GITHUB_PAT AZURE_DEVOPS_EXT_PAT routing_key service_key user_key fernet_key ' +
  'aesKey encryptKey storageKey adminKey userKey unsealKey UNSEAL_KEYS sasKey Jwt__Key SERVICE_JWT MNEMONIC WALLET_SEED psk xsrfKey ' +
  'pass4SymmKey ldap_default_authtok AtRestEncryptKey validationKey decryptionKey certificateKey PRIVATE_KEY_BASE64 DBPW ROOTPW ' +
  'MAILPASS password_hash passwordHash STRIPE_KEY_LIVE redis_auth db_key hash_salt';

describe('redact/own/context/fields/weak-names', () => {
  for (const name of NAMES.split(' ')) {
    itHides([
      `A=b\n${name}=§\n`,
      `{"${name}":"§"}\n`,
      [`${name}: §\n`, `${name}: '§'\n`],
      `{"name":"${name}","value":"§"}\n`,
    ]);
  }

  for (const name of ['primaryKey', 'secondaryKey']) {
    const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr';
    itHides([[`"${name}": "${key}=="\n`, `"${name}": "§"\n`]]);
    itLeaves([`"${name}": "user9id12345678"\n`, `"${name}": "id"\n`]);
  }

  itLeaves([
    '"routing_key": "orders.created.v1"\n',
    'storageKey: app-theme-2\n',
    'certificateKey: tls.key\n',
    'passwordHash: bcrypt\n',
    'password_hash=argon2id\n',
    '"userKey": "user:1234567890123"\n',
    'user_key: 1234567890123456\n',
    'db_key: users.id\n',
    'service_key: api/v1/users-99/12\n',
    'key-mgmt=wpa-psk\n',
    'SPAT=x9K1\n',
    'cookies: erlang9K\n',
    'jwt__keys: x9K1q\n',
    'hash_salt=enabled\n',
    'redis_auth=none\n',
  ]);
});
