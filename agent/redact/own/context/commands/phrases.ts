/** Commands whose secret is known by its place: `vault login x`, `rabbitmqctl add_user bob x`. */

import { type Edit, masked } from '../edits.ts';
import { isKept } from '../kept-values.ts';
import { isPlainlySecret } from './command-words.ts';
import { placeAt, wordAt } from './words.ts';

/** To the next word, in a shell or in JSON; the last leaves the secret its quote. */
const BEHIND = String.raw`(?:\\{0,7}["'])?[ \t,]{1,16}`;
const GAP = String.raw`${BEHIND}(?:\\{0,7}["'])?`;
const WORD = String.raw`[^\s"',\\]{1,256}`;
/** The `n` of an escape is none of a name's. */
const START = String.raw`(?:(?<![\w.-])|(?<=\\[nrt]))`;
const OPTIONS = `(?:-${WORD}${GAP}){0,4}`;

/** What stands right before a secret. */
const SURE = [
  String.raw`\bconfigure${GAP}set${GAP}[\w.-]{0,64}(?:aws_secret_access_key|aws_session_token)${BEHIND}`,
  String.raw`${START}mc${GAP}alias${GAP}set${GAP}${OPTIONS}${WORD}${GAP}${WORD}${GAP}${WORD}${BEHIND}`,
  String.raw`${START}rabbitmqctl${GAP}(?:${WORD}${GAP}){0,4}?(?:add_user|change_password|authenticate_user)${GAP}${WORD}${BEHIND}`,
  String.raw`--certificate-key(?:=|${BEHIND})`,
  String.raw`${START}(?:echo|printf)[ \t]{1,8}(?:-[neE]{1,3}[ \t]{1,8})?(?=[^|\n]{1,512}\|[^|\n]{0,64}\blogin\b[^|\n]{0,256}--password-stdin)`,
].join('|');
/** A sentence may go on like that too. */
const UNSURE = String.raw`(${START}vault${GAP}login${BEHIND}(?:-${WORD}${BEHIND}){0,4})`;

/** What a line with one has at least. */
export const NEEDED_PHRASES = String.raw`configure|mc["' \t]|bitmqctl|ate-key|-stdin|vault`;

/** Parts of them. */
export const PHRASE_SEEDS = ['key', 'ken', 'alias["\', ]', 'bitmq[ac]', 'login'];

const PHRASE = new RegExp(`${SURE}|${UNSURE}`, 'g');

export function* findPhrases(line: string): Generator<Edit> {
  const place = placeAt(line);
  PHRASE.lastIndex = 0;
  for (let hit = PHRASE.exec(line); hit !== null; hit = PHRASE.exec(line)) {
    const at = PHRASE.lastIndex;
    const [start, end] = wordAt(line, at, place(at));
    if (isSecret(line.slice(start, end), hit[1] === undefined)) yield masked(start, end);
    PHRASE.lastIndex = Math.max(at, end);
  }
}

function isSecret(word: string, isSure: boolean): boolean {
  if (isKept(word) || word.startsWith('-')) return false;
  return isSure || isPlainlySecret(word);
}
