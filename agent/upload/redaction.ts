/** Takes out of texts from outside what the upload keeps secret. */

import { MASK } from '../mask.ts';

/** Shorter ones are no secrets, and replacing them would garble the text. */
const MIN_SECRET_LENGTH = 4;

/** Query strings of URLs, wherever they occur: signatures are in them. */
const QUERY = /\?[^\s"'<>]*=[^\s"'<>]*/g;

/** All that an attempt sends and must never show. */
export interface UploadSecrets {
  /** The destination with credentials and query. */
  readonly url: string;
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A function that hides these secrets in a text, in each form in which a server or Node may give them back. */
export function redactorOf({ url, userAgent, headers }: UploadSecrets): (text: string) => string {
  const { username, password, searchParams } = new URL(url);
  const credentials = [decode(username), decode(password)];
  const values = [
    userAgent,
    ...Object.values(headers).flatMap((value) => [value, ...value.split(' ')]),
    ...credentials,
    ...(username === '' ? [] : [Buffer.from(credentials.join(':')).toString('base64')]),
    ...searchParams.values(),
  ];
  const secrets = [...new Set(values.flatMap(formsOf))]
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    // A secret that contains another is hidden first, whole.
    .toSorted((first, second) => second.length - first.length);
  return (text) =>
    secrets
      .reduce((hidden, secret) => hidden.replaceAll(secret, MASK), text)
      .replaceAll(QUERY, `?${MASK}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % in a password: sent as it is.
    return text;
  }
}

/** As it is, percent-encoded, and as JSON, HTML or XML writes it. */
function formsOf(secret: string): readonly string[] {
  const markup = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), markup];
}
