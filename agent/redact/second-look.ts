/**
 * The second look: whether redacted bytes still hold something that cannot be anything but a secret. It shares nothing with
 * the rules, so that a mistake of theirs is not repeated here.
 */

/** A shape is found wherever the chunks are cut if it is no longer than this; in UTF-16 that is half as many characters. */
const OVERLAP_BYTES = 32 * 1024;
/** How far it looks back: over a URL's user and password, in UTF-16 too. */
const CONTEXT_BYTES = 4 * 1024;
const WINDOW_BYTES = 8 * OVERLAP_BYTES;

interface Shape {
  /** For the record and the log; never what was found. */
  readonly name: string;
  /** The rule of ours that should have hidden it. */
  readonly rule: string;
  /** At a candidate. Sticky; every repetition in it is bounded. */
  readonly pattern: RegExp;
  /** What the pattern cannot say. */
  readonly isReal?: (match: RegExpExecArray, text: string) => boolean;
}

/** Where a shape may begin. In one pattern, which V8 passes over text with at 700 MB/s or more. */
const CANDIDATE =
  /-----BEGIN |eyJ|A(?:KIA|SIA|Iza|ccountKey=)|gh[opusr]_|github_pat_|glpat-|xox[abprs]-|xapp-|k_live_|npm_/g;

/** Ends of escapes are no words: `\nAKIA…`, `%3DAKIA…`, `\u003dAKIA…`, and a terminal's colour, `[32mAKIA…`. */
const ESCAPE_END = String.raw`\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\[[0-9;]{1,8}m`;
const AFTER_WORD = String.raw`^|[^A-Za-z0-9]|${ESCAPE_END}`;
/** For what could stand inside of base64 for URLs, and would be sought there again and again. */
const AFTER_BASE64 = String.raw`^|[^\w-]|${ESCAPE_END}`;

const SHAPES: readonly Shape[] = [
  {
    name: 'google-private-key',
    rule: 'gcp-key',
    pattern:
      /(?<=private_key\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}")-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY-----/y,
    isReal: hasKeyBody,
  },
  {
    name: 'pem-private-key',
    rule: 'pem-private-key',
    pattern: /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y,
    isReal: hasKeyBody,
  },
  {
    name: 'jwt',
    rule: 'jwt',
    pattern: sticky(String.raw`(?<=${AFTER_BASE64})(eyJ[\w-]{8,2048})\.[\w-]{0,12288}\.[\w-]{8}`),
    isReal: isToken,
  },
  {
    name: 'aws-access-key-id',
    rule: 'aws-key',
    pattern: sticky(`(?<=${AFTER_WORD})A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])`),
  },
  {
    name: 'google-api-key',
    rule: 'gcp-key',
    pattern: sticky(String.raw`(?<=${AFTER_BASE64})AIza[\w-]{35}(?![\w+/-])`),
  },
  {
    name: 'azure-account-key',
    rule: 'azure-key',
    pattern: /AccountKey=[A-Za-z0-9+/]{40,128}={1,2}/y,
  },
  {
    name: 'github-token',
    rule: 'github-token',
    pattern: sticky(`(?<=${AFTER_WORD})gh[opusr]_[A-Za-z0-9]{36}`),
  },
  { name: 'github-token', rule: 'github-token', pattern: /github_pat_\w{36}/y },
  // Names of Kubernetes objects could begin so too, but are in lower case.
  { name: 'gitlab-token', rule: 'gitlab-token', pattern: /glpat-(?=[\w-]{0,64}[A-Z_])[\w-]{20}/y },
  {
    name: 'slack-token',
    rule: 'slack-token',
    pattern: /(?:xox[abprs]|xapp)-(?=[\w-]{0,128}[A-Z_])[\w-]{20}/y,
  },
  {
    name: 'stripe-key',
    rule: 'stripe-key',
    pattern: sticky(`(?<=(?:${AFTER_WORD})[rs])k_live_[A-Za-z0-9]{16}`),
  },
  {
    name: 'npm-token',
    rule: 'npm-token',
    pattern: sticky(`(?<=${AFTER_WORD})npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])`),
  },
];

const PASSWORD_IN_URL = { name: 'password-in-url', rule: 'url-credentials' };
const MAX_USER_LENGTH = 2000;
const SCHEME_END = /[A-Za-z0-9]:\\?\/\\?\/$/;
/** What is between `://` and the first `@`. */
const USER_AND_PASSWORD = /^[^\s?#"'<>:[\]()|^]*:([^\s?#"'<>]+)$/;
/** A digest is no host: `docker-pullable://nginx:1.27@sha256:…`. */
const HOST = /(?!sha(?:256|512):)[\w[*]/y;

/**
 * Words of documentation, what programs write in the place of a password (`xxxxx`: Go's URL.Redacted), references to
 * variables and templates, and the port of a first address in a list, behind which an `@` comes by chance.
 */
const PLACEHOLDER =
  /^(?:pass|passwd|password|pwd|pw|secret|token|x{3,}|\.{3}|redacted|hidden|%[svq]|\d{1,5}[,;)|&].*|\$[A-Z_][A-Z0-9_]*|\$?[{([].*[\])}])$/i;

/**
 * Looks for private keys (PEM, also escaped), JWTs, keys and tokens of AWS, Azure, GitHub, GitLab, Google, npm, Slack and
 * Stripe, and passwords in URLs. In UTF-16 and UTF-32 too: where there are NULs, the text is looked at without them a second time.
 *
 * No hit: what the mask has replaced; documentation's `user:password@host`; certificates; a key or token that is cut, or
 * wrapped, or encoded once more (base64, gzip).
 */
export class SecondLook {
  /** Most entries are small: it grows as they come. */
  #window = Buffer.alloc(0);
  #bytes = 0;
  /** What is before it has been looked at, and is there for the patterns that look back. */
  #from = 0;
  #finding: string | undefined;
  readonly #sought: Sought;

  /** @param passedOver Rules of ours (REDACT_DISABLE): what they would have hidden is there on purpose. */
  constructor(passedOver: readonly string[] = []) {
    this.#sought = {
      shapes: SHAPES.filter(({ rule }) => !passedOver.includes(rule)),
      hasUrls: !passedOver.includes(PASSWORD_IN_URL.rule),
    };
  }

  /** The name of the shape that was found first, e.g. `jwt`. Settled only by `finish`. */
  get finding(): string | undefined {
    return this.#finding;
  }

  push(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length && this.#finding === undefined; ) {
      const part = chunk.subarray(offset, offset + WINDOW_BYTES - this.#bytes);
      this.#reserve(this.#bytes + part.length);
      this.#window.set(part, this.#bytes);
      this.#bytes += part.length;
      offset += part.length;
      if (this.#bytes === WINDOW_BYTES) this.#pass(WINDOW_BYTES - OVERLAP_BYTES);
    }
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#window.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, 2 * bytes));
    this.#window.copy(larger, 0, 0, this.#bytes);
    this.#window = larger;
  }

  /** The entry has ended. */
  finish(): void {
    this.#look(this.#bytes);
  }

  /** Looks at what begins before `end`, and lets go of it. */
  #pass(end: number): void {
    this.#look(end);
    const kept = end - CONTEXT_BYTES;
    this.#window.copyWithin(0, kept, this.#bytes);
    this.#bytes -= kept;
    this.#from = CONTEXT_BYTES;
  }

  #look(end: number): void {
    const text = this.#window.toString('latin1', 0, this.#bytes);
    this.#finding ??= findShape(this.#sought, text, { from: this.#from, end });
    // Some bytes at least that are as UTF-16 or UTF-32 has them: most that is not text has NULs too.
    if (this.#finding !== undefined || !mayBeWide(text)) return;
    const bytes = this.#window.subarray(0, this.#bytes);
    this.#finding = findShape(this.#sought, ...withoutNuls(bytes, { from: this.#from, end }));
  }
}

interface Range {
  readonly from: number;
  readonly end: number;
}

interface Sought {
  readonly shapes: readonly Shape[];
  readonly hasUrls: boolean;
}

/** The name of a shape that begins there. */
function findShape({ shapes, hasUrls }: Sought, text: string, place: Range): string | undefined {
  const token = findToken(shapes, text, place);
  if (token !== undefined || !hasUrls) return token;
  return hasUrlPassword(text, place) ? PASSWORD_IN_URL.name : undefined;
}

function findToken(
  shapes: readonly Shape[],
  text: string,
  { from, end }: Range,
): string | undefined {
  CANDIDATE.lastIndex = from;
  for (;;) {
    const candidate = CANDIDATE.exec(text);
    if (candidate === null || candidate.index >= end) return undefined;
    const shape = shapes.find(({ pattern, isReal }) => {
      pattern.lastIndex = candidate.index;
      const match = pattern.exec(text);
      return match !== null && isReal?.(match, text) !== false;
    });
    if (shape !== undefined) return shape.name;
  }
}

/** Led by the `@`, which is rare where a URL is in every line. What is before one is looked at once, since it has no other `@`. */
function hasUrlPassword(text: string, { from, end }: Range): boolean {
  let begin = 0;
  for (let at = text.indexOf('@'); at !== -1 && at < end; at = text.indexOf('@', begin)) {
    if (at >= from && endsUrlPassword(text, begin, at)) return true;
    begin = at + 1;
  }
  return false;
}

function endsUrlPassword(text: string, begin: number, at: number): boolean {
  const before = text.slice(Math.max(begin, at - MAX_USER_LENGTH), at);
  // Neither user nor password has a slash.
  const start = before.lastIndexOf('/') + 1;
  if (start === 0 || !SCHEME_END.test(before.slice(Math.max(0, start - 6), start))) return false;
  const password = USER_AND_PASSWORD.exec(before.slice(start))?.[1];
  HOST.lastIndex = at + 1;
  return (
    password !== undefined && !isMasked(password) && !PLACEHOLDER.test(password) && HOST.test(text)
  );
}

function sticky(source: string): RegExp {
  return new RegExp(source, 'y');
}

/** Most text has no NUL, which is found out a dozen times faster. */
function mayBeWide(text: string): boolean {
  return text.includes('\0') && /(?:\0[^\0]){4}|(?:\0{3}[^\0]){4}/.test(text);
}

/** The text, and where the places in the bytes are in it. */
function withoutNuls(bytes: Buffer, { from, end }: Range): [text: string, place: Range] {
  const kept = Buffer.allocUnsafe(bytes.length);
  const place = { from: 0, end: 0 };
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    if (index === from) place.from = length;
    if (index === end) place.end = length;
    const byte = bytes[index] ?? 0;
    if (byte !== 0) kept[length++] = byte;
  }
  if (end === bytes.length) place.end = length;
  return [kept.toString('latin1', 0, length), place];
}

/** A line of a key follows, and not only talk of keys, or a path. A mask ends it as the last line does. */
function hasKeyBody(match: RegExpExecArray, text: string): boolean {
  const start = match.index + match[0].length;
  const [body = ''] = text.slice(start, start + 1024).split(/-----|\*\*\*/, 1);
  const lines = body.match(/[A-Za-z0-9+/]{40,}/g) ?? [];
  return lines.some((line) => /[a-z]/.test(line) && /[A-Z]/.test(line) && /[0-9]/.test(line));
}

/** The first part of a JWT is JSON with an algorithm or a type (RFC 7519, section 5). */
function isToken([, header = '']: RegExpExecArray): boolean {
  try {
    const fields: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    return typeof fields === 'object' && fields !== null && ('alg' in fields || 'typ' in fields);
  } catch {
    return false; // base64 that only begins like it
  }
}

/** Nothing but masks, and stars that a rule put around one. The mask stands here once more: nothing is shared with the rules. */
function isMasked(password: string): boolean {
  return password.replaceAll('***HIDDEN***', '').replaceAll('*', '') === '';
}
