/** Files of users and their passwords: PostgreSQL's `.pgpass`, PgBouncer's `userlist.txt`, `htpasswd`, `/etc/shadow`. */

import type { ContextRule } from './context-rule.ts';
import { addEdit, type Edit, masked } from './edits.ts';
import { mayBeEnvSecret } from './env-names.ts';
import { isKept } from './kept-values.ts';

/** The start and the end of a line, also of one in a string. */
const START = String.raw`(?:^|\\n|")`;
const END = String.raw`(?=\\{1,7}[nr]|"|[ \t\r]*$)`;

/** `host:5432:db:user:x`. Source: PostgreSQL's manual, "The Password File". */
const PGPASS = String.raw`(${START}[\w.*/@-]{1,253}:(?:\*|[1-9][0-9]{3,4}):[^\s:"'\\]{1,64}:[^\s:"'\\]{1,64}:)((?:[^\s:"\\]|\\{1,7}:){1,256})${END}`;

/** What compilers and grep say of a file's line looks like that too. */
const SOURCE_FILE = String.raw`[\w./@-]{1,253}\.(?:go|[cm]?[jt]sx?|py|[ch]|cc|cpp|hpp|cs|java|kt|rs|rb|php|p[lm]|sh|ya?ml|json|toml|ini|conf|cfg|env|txt|md|log|xml|html|css|sql|tf|proto):`;
/** As `PGPASS`, with a port of few digits: no time, no address of the network, names of a database and a user. */
const LOW_PORT_PGPASS = String.raw`(${START}(?![0-9a-fA-F]{0,3}[0-9][0-9a-fA-F]{0,3}:|${SOURCE_FILE})[\w.*/@-]{1,253}:[1-9][0-9]{0,2}:(?:\*|[A-Za-z_][\w-]{0,62}):(?:\*|[A-Za-z_][\w.@-]{0,62}):)([^\s:"\\]{1,256})${END}`;

/** `"user" "x"`. Source: PgBouncer's manual, "Authentication file format". */
const USER_LIST = String.raw`(^[ \t]{0,8}"[\w.@+-]{1,64}"[ \t]{1,8}")([^"\s]{1,512})"[ \t\r]*$`;
const ESCAPED_USER_LIST = String.raw`((?:\\n|")\\{1,7}"[\w.@+-]{1,64}\\{1,7}"[ \t]{1,8}\\{1,7}")([^"\s\\]{1,512})\\{1,7}"${END}`;

/** Compose doubles the dollar. */
const METHOD = String.raw`\${1,2}(?:apr1|2[abxy]?|[1567y]|gy|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,16})\${1,2}`;
/** `user:$apr1$…`, `user bob password $6$…`. Source: crypt(5). */
const CRYPTED = String.raw`((?:(?:^|\\n|[\s"'=,])[\w.@+-]{1,64}:|\bpassword[ \t]{1,16})${METHOD})([^\s:"'\\,]{8,512})`;
/** Anywhere, if it is as long as such hashes are. */
const HASH = String.raw`((?<![\w$])${METHOD})([\w./+=,$-]{30,512})`;
/** `user:{SHA}…`. Source: RFC 2307, section 5.3; Dovecot's manual, "Password Schemes". */
const SCHEME = String.raw`((?<=^|[:\s"'=])\{(?:S?SHA(?:256|384|512)?|S?MD5|(?:(?:SHA(?:256|512)|MD5|BLF)-)?CRYPT|PLAIN|ARGON2ID?)(?:\.(?:HEX|B64))?\})([^\s:"'\\,{}]{4,512})`;

/** What `vault operator init` prints. */
const UNSEAL_KEY = String.raw`((?:Unseal|Recovery)[ ]Key[ ][0-9]{1,3}:[ ]{1,16})([\w+/=-]{8,512})`;

const PATTERNS = [
  PGPASS,
  USER_LIST,
  ESCAPED_USER_LIST,
  CRYPTED,
  HASH,
  SCHEME,
  UNSEAL_KEY,
  LOW_PORT_PGPASS,
];
/** Each has two groups. */
const LOW_PORT_INDEX = 2 * PATTERNS.indexOf(LOW_PORT_PGPASS);
const SECRETS = new RegExp(PATTERNS.join('|'), 'g');

const SEEDS = [
  ':[1-9][0-9][0-9][0-9]:',
  ':[*]:[^:]',
  ...['', '[0-9]', '[0-9][0-9]'].map((digits) => `:[1-9]${digits}:[a-z_*]`),
  String.raw`"[ ]"[!#-~]{1,64}\\?"(?:$|[\\\r\n])`,
  String.raw`"[ ]\\"[!#-~]{1,64}\\?"(?:$|[\\\r\n])`,
  ...['[1567y][$]', '2[abxy][$]', 'apr1', 'argo', 'scry', 'pbkd'].map((word) => `[$]${word}`),
  ...['sha', 'ssha', 'md5', 'smd5', 'crypt', 'plain', 'blf'].map((word) => `[{]${word}`),
];

export const CREDENTIAL_FILE: ContextRule = {
  name: 'named-secret',
  needed: [...SEEDS, 'Key[ ][0-9]'].join('|'),
  seeds: [...SEEDS, 'key'],
  find(line) {
    const edits: Edit[] = [];
    for (const match of line.matchAll(SECRETS)) {
      const groups = match.slice(1);
      const index = groups.findIndex((group) => group !== undefined);
      const [opening = '', secret = ''] = groups.slice(index);
      const start = match.index + opening.length;
      // In so common a form only what words, numbers and paths are not.
      const isSecret = index === LOW_PORT_INDEX ? mayBeEnvSecret('KEY', secret) : !isKept(secret);
      if (isSecret) addEdit(edits, masked(start, start + secret.length));
    }
    return { edits };
  },
};
