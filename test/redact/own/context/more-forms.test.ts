/** Secrets in forms that are met less often: of names, lists, objects, XML, colours, commands and headers. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { redact } from './redacted.ts';

const NAMES =
  'DB_PASS SMTP_PASS KEYSTORE_PASS pass bindpw rootpw DB_PW admin_pw SECRET_KEY_BASE RAILS_MASTER_KEY APP_KEY JWT_KEY SESSION_KEY ' +
  'HMAC_KEY SSH_KEY LICENSE_KEY REDIS_AUTH BASIC_AUTH AWS_CREDS requirepass masterauth passwords TOKENS API_KEYS passcode ' +
  'client-secret-value secretValue tokenValue DB_PASSWORD_OLD PASSWORD_ADMIN TOKEN_GITHUB API_TOKEN_V2 VAULT_SECRET_ID ' +
  'db_password_prod smtpPass dbPass';
const OTHER_NAMES =
  'PASSWORD_FILE TOKEN_URL SECRET_NAME TOKEN_TTL TOKEN_EXPIRY PASSWORD_MIN_LENGTH TOKEN_COUNT TOKEN_ENABLED SECRET_REF ' +
  'TOKEN_TYPE PASSWORD_POLICY TOKEN_ISSUER TOKEN_AUDIENCE TOKEN_ENDPOINT TOKEN_HEADER token_type secret_name TOKEN_ID MAX_TOKENS ' +
  'bypass compass password_reset_url tokens secrets author monkey';

/** Not the `S` of a word. */
const SECRET = /(?<![A-Za-df-z])S(?![A-Za-z0-9-])/g;

/** Also behind an escape, and behind the `-p` of a command. */
const PLANTED = /(?<=\[35m|u003[de]|%3D|-p|\b|_)S(?:9x)?(?![A-Za-z0-9-])/g;

/** A text with its secret as `S`, and with `M` where the mask stands. */
const HIDDEN: readonly (readonly [text: string, hidden?: string])[] = [
  ['SLACK_WEBHOOK=https://hooks.example.com/S\n', 'SLACK_WEBHOOK=M\n'],
  ['{"password":["S","S"],"b":["c"]}\n'],
  ['{"a":"{\\"password\\":[\\"S\\"]}"}\n'],
  ['"password": [\n  "S",\n  "S"\n],\n"b": [\n  "c"\n]\n'],
  ['password: [S, S]\nb: [c]\n'],
  ['passwords:\n  - S\n  - "S"\nb: c\n', 'passwords:\n  - \'M\'\n  - "M"\nb: c\n'],
  ['passwords:\n- S\n- S\nb: c\n', "passwords:\n- 'M'\n- 'M'\nb: c\n"],
  ['password:\n  S\nb: c\n', "password:\n  'M'\nb: c\n"],
  ['password:\n  a: b\n  value: S\nb: c\n', "password:\n  a: b\n  value: 'M'\nb: c\n"],
  ['{"password":{"value":"S"},"b":"c"}\n'],
  ['{"password":{"a":"b","default":"S"},"b":"c"}\n'],
  ['"password": {\n  "a": "b",\n  "value": "S"\n},\n"value": "c"\n'],
  ['"password":\n  "S",\n"b": "c"\n'],
  ['"x":"password:\\n  S\\nb: c\\n"\n', '"x":"password:\\n  \'M\'\\nb: c\\n"\n'],
  ['"x":"password:\\n- S\\n- S\\nb: c\\n"\n', '"x":"password:\\n- \'M\'\\n- \'M\'\\nb: c\\n"\n'],
  ['{"name":"DB_PASSWORD","optional":true,"value":"S"}\n'],
  ['{"a":"{\\"name\\":\\"DB_PASSWORD\\",\\"b\\":\\"c\\",\\"value\\":\\"S\\"}"}\n'],
  ['  "name": "DB_PASSWORD",\n  "optional": true,\n  "value": "S"\n'],
  [
    '- name: DB_PASSWORD\n  # words\n  optional: true\n  value: S\n',
    "- name: DB_PASSWORD\n  # words\n  optional: true\n  value: 'M'\n",
  ],
  [
    '"x":"- value: S\\n  name: DB_PASSWORD\\n"\n',
    '"x":"- value: \'M\'\\n  name: DB_PASSWORD\\n"\n',
  ],
  ['{"op":"add","path":"/data/password","value":"S"}\n'],
  ['  "path": "/data/password",\n  "value": "S"\n'],
  ['{"name":"password","default":"S"} {"name":"password","val":"S"}\n'],
  ['name = "DB_PASSWORD"\nvalue = "S"\n'],
  ['<password>S</password> <ns:password a="b">S</ns:password>\n'],
  [
    '"\\u003cpassword\\u003eS\\u003c/password\\u003e"\n',
    '"\\u003cpassword\\u003eM\\u003c/password\\u003e"\n',
  ],
  ['<name>x.Password</name><value>S</value>\n'],
  ['  <name>x.Password</name>\n  <value>S</value>\n'],
  ['<property name="password" value="S"/> <add value="S" key="Password"/>\n'],
  [
    'x \x1b[36mpassword\x1b[0m=\x1b[35mS\x1b[0m x\n',
    'x \x1b[36mpassword\x1b[0m=\x1b[35mM\x1b[0m x\n',
  ],
  ['"x \\u001b[36mpassword\\u001b[0m=S x"\n'],
  ['\\x22password\\x22:\\x22S\\x22,\\x22b\\x22:\\x22c\\x22\n'],
  ['\\u0022password\\u0022:\\u0022S\\u0022\n'],
  ['{&quot;password&quot;:&quot;S&quot;,&#34;password&#34;:&#34;S&#34;}\n'],
  ['body=%7B%22password%22%3A%22S%22%2C%22b%22%3A%22c%22%7D\n'],
  ['user%3Dx%26password%3DS x password\\u003dS\n', 'user%3Dx%26password%3DM x password\\u003dM\n'],
  [
    'the password is S9x. login with password "S" done; password generated: S9x\n',
    'the password is M login with password "M" done; password generated: M\n',
  ],
  ['requirepass S\nredis-server --requirepass S --port 1\nredis-cli -a S ping\n'],
  [
    "mysql -uroot -pS -e x; curl -u admin:S https://x; sshpass -p 'S' ssh x\n",
    "mysql -uroot -pM -e x; curl -u admin:M https://x; sshpass -p 'M' ssh x\n",
  ],
  ['["curl","-u","admin:S","https://x"] ["mongo", "-p", "S"]\n'],
  ['docker login -u x -p S registry; kubectl create secret generic x --from-literal=a=S\n'],
  ['openssl x -passin pass:S; keytool -storepass S -keypass S\n'],
  ['machine x login y password S\n'],
  ['machine x\n  login y\n  password S\n'],
  ['jdbc:oracle:thin:scott/S@//h:1521/x\n'],
  ['echo "root:S" | chpasswd\n'],
  ['define(\'DB_PASSWORD\', \'S\'); x.put("password", "S"); x.setPassword("S")\n'],
  ['setenv DB_PASSWORD S\n'],
  ['proxy_set_header Authorization "Basic S";\n'],
  ['X-Gitlab-Token: S\nX-Hub-Secret: S\nX-Functions-Key: S\n'],
  ['{"X-Amz-Security-Token":["S"],"X-Secret":["S"],"B":["c"]}\n'],
  ['"X-Amz-Security-Token": [\n  "S"\n],\n"B": ["c"]\n'],
];

const KEPT = [
  '"secret":{"secretName":"x","defaultMode":420}\n',
  '"secret": {\n  "secretName": "x",\n  "items": [\n    {\n      "key": "a",\n      "path": "b"\n    }\n  ]\n}\n',
  'secret:\n  secretName: x\n  defaultMode: 420\n',
  '"secretKeyRef":{"name":"x","key":"password"}\n',
  'name: DB_PASSWORD\nvalueFrom:\n  secretKeyRef:\n    name: x\n    key: password\n',
  '"token":{"audience":"x","expirationSeconds":3600}\n',
  'credentials:\n- name: x\n  key: y\n',
  '"path":"/token","port":80\n',
  '{"name":"token","type":"x"},{"name":"b","value":"c"}\n',
  'name: x-token\nnamespace: y\nspec:\n  value: c\n',
  'enter the password:\n  then go on\n',
  'the password is required\n',
  'the password is incorrect\n',
  '"msg":"wrong password ","a":"b"\n',
  'TLS_KEY=/etc/tls/tls.key\n',
  'PROXY_AUTH=basic\n',
  'X-Cache-Key: abc\nX-Idempotency-Key: abc\n',
  'curl -u $USER:$PASSWORD https://x\n',
  'curl -u admin https://x:80\n',
  'mysql -p -u root\n',
  'password sufficient pam_unix.so\n',
  '<token>\n',
  'a%3Db&lt;c&gt;\n',
  'tests pass: all of them\n',
  'login -u x registry\n',
];

describe('redact/own/context on forms that are met less often', () => {
  for (const name of NAMES.split(' ')) {
    it(`takes ${name} for the name of a secret`, () => {
      assert.equal(
        redact(`{"name":"${name}","value":"hunter2.Xy"}`),
        `{"name":"${name}","value":"${MASK}"}`,
      );
      assert.equal(redact(`A=b\n${name}=hunter2.Xy\n`), `A=b\n${name}=${MASK}\n`);
    });
  }

  for (const name of OTHER_NAMES.split(' ')) {
    it(`does not take ${name} for one`, () => {
      assert.equal(redact(`{"${name}":"hunter2.Xy"}`), `{"${name}":"hunter2.Xy"}`);
    });
  }

  for (const [text, expected = text.replaceAll(SECRET, 'M')] of HIDDEN) {
    it(`hides what is secret in ${JSON.stringify(text)}, wherever it is cut`, () => {
      const secret = text.replaceAll(PLANTED, 'hunter2.Xy');
      const redacted = redact(secret);

      assert.equal(redacted, expected.replaceAll(/(?<![A-CE-Z])M(?![A-Za-z])/g, MASK));
      assert.equal(redact(redacted), redacted);
      assert.equal(redact(...secret.split(/(?<=\n)/)), redacted);
    });
  }

  for (const text of KEPT) {
    it(`leaves ${JSON.stringify(text)}`, () => {
      assert.equal(redact(text), text);
    });
  }
});
