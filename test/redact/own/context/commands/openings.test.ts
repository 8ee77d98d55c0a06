/** Secrets that have no separator before them, in files that are a string. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/commands/openings', () => {
  itHides([
    '"redis.conf": "port 6379\\nrequirepass §\\nmasterauth §\\n"\n',
    '{"x":"a b\\r\\nbindpw §\\r\\n\\trootpw §\\r\\ninsecure-password §\\r\\nstats auth x:§"}\n',
    '{"x":"<match **>\\n  user x\\n  password §\\n  port 1\\n</match>"}\n{"x":"a b\\n  password §"}\n',
    '{"a":"{\\"x\\":\\"a b\\\\n  password §\\\\n\\"}"}\n',
    // Databases.
    "CREATE USER a IDENTIFIED WITH caching_sha2_password AS '§';\nidentified via 'x' using '§'\n",
    '{"x":"a\\nALTER USER a IDENTIFIED WITH \\"x\\" AS \'§\'"}\n',
    'db.auth("app", "§")\ndb.getSiblingDB("x").auth( \'app\', \'§\' )\n{"a":"db.auth(\\"app\\",\\"§\\")"}\n',
    '1.2 [0 10.0.0.1:1] "AUTH" "§"\n1.2 [0 lua] "auth" "app" "§"\n1.2 [0 h:1] "HELLO" "3" "AUTH" "app" "§"\n',
    '{"x":"1.2 [0 h:1] \\"AUTH\\" \\"§\\""}\n"config" "set" "requirepass" "§"\n',
    // SMTP.
    ['AUTH PLAIN AGFwcABodW50ZXIy§\n', 'AUTH PLAIN §\n'],
    ['{"x":"\\nauth XOAUTH2 dXNlcj1hcHBAeC5jb20B§"}\n', '{"x":"\\nauth XOAUTH2 §"}\n'],
  ]);

  itLeaves([
    '{"x":"a\\nthe password sufficient\\n  password \\n"}\n',
    '{"x":"a\\n  password sufficient pam_unix.so\\n"}\n',
    "identified with x as the user\nidentified with 'x'\n",
    'client.auth("app")\n"kubectl" "auth" "can-i" "get"\n[a] "author" "b"\n',
    '250-AUTH PLAIN LOGIN\n250 AUTH PLAIN XOAUTH2 CRAM-MD5\nauth plain authentication\n',
    '{"x":"a\\nrequirepass\\nxbindpw abc\\n"}\n',
  ]);
});
