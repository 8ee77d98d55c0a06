/** What the values of a Secret look like, where nothing says what they are values of. */

/** Type of a Secret; a ConfigMap has none. Source: Kubernetes, core/v1, SecretType. */
const SECRET_TYPE = /^(?:Opaque|(?:[a-z]+\.)?kubernetes\.io\/[\w./-]+|helm\.sh\/[\w./-]+)$/;

export function isSecretType(type: string): boolean {
  return SECRET_TYPE.test(type);
}

const LONGEST_MASK = 32;

/** Nothing to hide: empty, or hidden by a rule before; a string that has lost its end may begin behind the mask. */
export function isHiddenAlready(value: string): boolean {
  if (value.length > LONGEST_MASK) return false;
  return value === '' || /^\*{3,}(?:HIDDEN\*{3,})?["']{0,2}$/.test(value);
}

/** More are looked at together. */
const FEW = 64;

/** The values of a map: whether they may be a Secret's `data`, all of them base64, and one that is no word besides. */
export class SeenValues {
  /** Nobody may ever ask. */
  #unread: string[] = [];
  #areBase64 = true;
  #haveNoWord = false;

  add(value: string): void {
    this.#unread.push(value);
    if (this.#unread.length === FEW) this.#read();
  }

  get mayBeSecretData(): boolean {
    this.#read();
    return this.#areBase64 && this.#haveNoWord;
  }

  #read(): void {
    const values = this.#unread.filter((value) => !value.includes('***'));
    this.#unread = [];
    this.#areBase64 &&= values.every(isBase64);
    this.#haveNoWord ||= this.#areBase64 && values.some(isNoWord);
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && BASE64.test(value);
}

/** Longer than words are, or base64 of a text. */
function isNoWord(value: string): boolean {
  if (value.length >= LONGEST_WORD) return true;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return text !== '' && /^[\x20-\x7e\r\n\t]*$/.test(text);
}

const LONGEST_WORD = 24;
