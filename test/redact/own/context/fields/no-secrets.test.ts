/** Values that are no secrets behind names that say secret. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/fields/no-secrets', () => {
  itLeaves([
    "unexpected token: '}' at line 3\n",
    'x token=expired y\n',
    'Password: must contain digits\n',
    'secret: ingress-cert\n',
    '"secret": "db-tls"\n',
    'existingSecret: my-db-secret\n',
    '"token": "third-party-jwt"\n',
    "denied for user 'a'@'b' (using password: YES)\n",
    '--- PASS: TestFoo (0.1s)\n',
    'passwd:         files systemd\n',
  ]);

  itHides([
    ['secret: ingress-cert9\n', "secret: '§'\n"],
    ['SECRET=correct-horse\n', 'SECRET=§\n'],
    ['clientSecret: correct-horse\n', "clientSecret: '§'\n"],
    ['password: correct-horse\n', "password: '§'\n"],
    ['token: correct-horse\n', "token: '§'\n"],
    ['PASS=TestFoo1-\n', 'PASS=§\n'],
    ['passwd: hunter\n', "passwd: '§'\n"],
    ['{"token":"}§"}\n', '{"token":"§"}\n'],
  ]);
});
