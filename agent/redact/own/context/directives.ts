/** Files of settings with a blank between name and value: `sasl.password x`, `fastcgi_param DB_PASSWORD x;`. */

import type { ContextRule } from './context-rule.ts';
import { addEdits, apart, type Edit, masked } from './edits.ts';
import { mayBeEnvSecret } from './env-names.ts';
import { isKept } from './kept-values.ts';
import { mayBeSecret, SECRET_SEEDS, SECRET_WORDS, saysSecret } from './secret-names.ts';

/** Of a line, also of one in a string. */
const START = String.raw`(?<start>^|\\{1,7}n|")(?:[ \t]|\\{1,7}t){0,64}`;
/** nginx has a `;`. */
const END = String.raw`(?=[ \t]{0,16};?[ \t]{0,16}(?<end>\\{1,7}[nr]|\\{0,7}"|\r?$))`;
const QUOTED = String.raw`(?<quote>\\{0,7}["'])(?<text>[^"'\\]{1,512})\k<quote>`;
const PLAIN = String.raw`(?!\\{0,7}["'])(?<word>[^\s"\\]{1,512}?)`;
const VALUE = String.raw`(?:${QUOTED}|${PLAIN})${END}`;

/** Words of nginx, Apache and Docker before a name. */
const DIRECTIVE =
  '(?:proxy|grpc)_set_header|add_header|(?:fastcgi|uwsgi|scgi)_param|set(?=[ \t]{1,32}[$])|ENV|SetEnv';
const NAMED = String.raw`${START}(?:(?<directive>${DIRECTIVE})[ \t]{1,32})?\$?(?<name>[A-Za-z_][\w.-]{1,127})[ \t]{1,64}${VALUE}`;

const BLANKS = String.raw`[ \t]{1,16}`;
const WORD = String.raw`[^\s"\\]{1,256}`;
/** What is before a password in files of FRR and of Redis' Sentinel. */
const SURE = String.raw`${START}(?:neighbor${BLANKS}${WORD}${BLANKS}password|sentinel${BLANKS}auth-pass${BLANKS}${WORD})${BLANKS}${VALUE}`;

/** A user of Redis, also in the list of a command; a sign of its rights is one of these. Source: Redis' manual, "ACL". */
const ACL_GAP = String.raw`(?:\\{0,7}["'])?[ \t,]{1,16}(?:\\{0,7}["'])?`;
const ACL_SIGN = String.raw`(?:on|off|reset\w*|nopass|allkeys|allcommands|[~&%+]\S|-@\w)`;
const ACL_USER = String.raw`(?:(?<![\w.-])|(?<=\\[nrt]))(?:set)?user${ACL_GAP}[^\s"',\\]{1,256}${ACL_GAP}(?=>\S|${ACL_SIGN})`;
const MAX_ACL_LENGTH = 1024;

const LINES = `${NAMED}|${SURE}`;

/** Of a string only the end of a line: to seek more takes longer than all else. */
const NEEDED = [
  String.raw`^[ \t]{0,64}(?:[\w.-]{1,64}[ \t]{1,32}){0,2}\$?[\w.-]{1,128}[ \t]{1,64}(?:["'][^"']{1,512}["']|[^\s"]{1,512})[ \t;]{0,32}\r?$`,
  String.raw`\\n`,
  String.raw`user[\\"' \t,]`,
].join('|');

export const DIRECTIVE_SECRET: ContextRule = {
  name: 'named-secret',
  needed: NEEDED,
  seeds: [...SECRET_SEEDS, '[ "\'\t]>[^ =>&|"\'\\\\]'],
  find(line) {
    const edits: Edit[] = [];
    addEdits(edits, findOnLines(line));
    const passwords: Edit[] = [];
    addEdits(passwords, findAclPasswords(line));
    return { edits: apart([...edits, ...passwords]) };
  },
};

const LINE = new RegExp(LINES, 'g');

function* findOnLines(line: string): Generator<Edit> {
  for (const { groups = {}, index, 0: match } of line.matchAll(LINE)) {
    const value = groups['word'] ?? groups['text'] ?? '';
    const to = index + match.length - (groups['quote'] ?? '').length;
    if (!isMessage(groups) && isSecret({ ...groups, value })) yield masked(to - value.length, to);
  }
}

/** A string of a single line. */
function isMessage({ start, end }: Readonly<Record<string, string | undefined>>): boolean {
  return start === '"' && end?.endsWith('"') === true;
}

interface Setting {
  readonly directive?: string;
  /** Undefined: what stands before the value leaves no doubt. */
  readonly name?: string;
  readonly value: string;
}

function isSecret({ directive, name, value }: Setting): boolean {
  if (isKept(value) || REFERENCE.test(value)) return false;
  if (name === undefined) return true;
  if (!isSecretName(name) || !mayBeSecret(name, value) || PLACE.test(value)) return false;
  return directive !== undefined || isSecretOf(name, value);
}

const ENDS_IN_SECRET = new RegExp(
  String.raw`(?:${SECRET_WORDS}|sec[_.-]?key|token_accessor)(?:[_-]?[0-9]{1,2})?$`,
  'i',
);

function isSecretName(name: string): boolean {
  return (
    ENDS_IN_SECRET.test(name) && (saysSecret(name) || /sec[_.-]?key$|^token_accessor$/i.test(name))
  );
}

/** Of nginx, a shell, a template. */
const REFERENCE = /^(?:\$[\w{(]|#\{|\{\{|%[({])/;
/** A file or a page. */
const PLACE = /^(?:\.{0,2}\/[a-z0-9_.-]{1,64}(?:\/[\w.-]{1,64}){0,16}|https?:\/\/[\w.:/-]{1,512})$/;

/** Without a directive the line may be of a sentence, of code, or of a table. */
function isSecretOf(name: string, value: string): boolean {
  if (NO_SETTING.test(value) || VERB.test(name)) return false;
  if (/[_.]/.test(name)) return true;
  // Words, and names as Kubernetes has them: `my-token my-app-7d9f`.
  return (
    value.length >= MIN_LENGTH &&
    mayBeEnvSecret('KEY', value) &&
    (UUID.test(value) || !KUBE_NAME.test(value))
  );
}

const MIN_LENGTH = 8;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KUBE_NAME = /^[a-z0-9]{1,63}(?:[-./:][a-z0-9]{1,63}){1,16}$/;
/** Signs, times and counts, types and states. */
const NO_SETTING = new RegExp(
  [
    String.raw`[-=:|><&*()[\],.{}~+].*|.*[,:({[]`,
    String.raw`(?:[0-9.]{1,16}[A-Za-z%]{1,3}){1,4}|[0-9]{1,6}/[0-9]{1,6}|[0-9]{1,16}\.[0-9]{1,16}`,
    String.raw`\*?(?:string|text|bytes?|bytea|blob|bool(?:ean)?|u?int(?:eger)?[0-9]{0,2}|u?uid|json[bB]?|any|object)`,
    String.raw`(?:var)?char\([0-9]{1,8}\)|Opaque|kubernetes\.io/[\w-]{1,64}`,
    'required|optional|expired|missing|invalid|valid|unset|set|empty|none|created|deleted|configured|unchanged|changed',
    'rotated|updated|revoked|found|mismatch|rejected|accepted|failed|ok|yes|no|on|off|enabled|disabled|reset|error',
  ]
    .map((source) => `^(?:${source})$`)
    .join('|'),
  'i',
);
/** What is done with a secret, or by nginx. */
const VERB =
  /^(?:(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached)_pass$|(?:get|create|delete|reset|change|rotate|show|list|gen(?:erate)?|update|revoke|validate|check|fetch|read|verify|renew|is|has|add|remove|use|invalid|missing|no)(?:[_.-]|(?=[A-Z])))/;

const ACL = new RegExp(ACL_USER, 'gi');
const ACL_SIGN_WORD = new RegExp(String.raw`(?:^|[\s"',])${ACL_SIGN}`);
const ACL_PASSWORD = /(?<=^|[\s"',])>([^\s"'\\,]{1,256})/g;

function* findAclPasswords(line: string): Generator<Edit> {
  let from = 0;
  ACL.lastIndex = 0;
  for (let hit = ACL.exec(line); hit !== null; hit = ACL.exec(line)) {
    const at = Math.max(from, ACL.lastIndex);
    const [rights = ''] = line.slice(at, at + MAX_ACL_LENGTH).split(/\\{1,7}n/, 1);
    from = at + rights.length;
    if (!ACL_SIGN_WORD.test(rights)) continue;
    for (const { index, 1: password = '' } of rights.matchAll(ACL_PASSWORD)) {
      if (!isKept(password)) yield masked(at + index + 1, at + index + 1 + password.length);
    }
  }
}
