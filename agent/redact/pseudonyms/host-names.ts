/** Finds names of hosts. */

import { isHostDomain, isPublicName, TOP_LEVEL_DOMAINS } from './domains.ts';
import { PSEUDONYM, type Pseudonyms } from './pseudonyms.ts';
import { codesOf, type Finder, isEscapeLetter, runStart } from './replace.ts';

/** The end of a name, if it is a top-level domain; in a URL all of it, whatever its end. */
const CANDIDATE = new RegExp(
  [
    String.raw`\.(?:${TOP_LEVEL_DOMAINS})(?![\w-]|\.\w)`,
    String.raw`:\\?/\\?/[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,20}(?![\w-]|\.\w)`,
  ].join('|'),
  'gi',
);

const NAME = {
  of: codesOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.'),
  most: 253,
};

const URL_START = /:\\?\/\\?\/$/;
/** The field of an image or of an API group, or a runtime's scheme. */
const BEFORE_OTHER_NAME =
  /\b(?:image|imageID|imageName|repository|registry|group|apiGroup)\\?"?[ \t]?[:=][ \t]?\\?"?$|(?:docker|docker-pullable|containerd|oci):\/\/$/i;
/** Of an image `/orders/api:3.8`, of a label or annotation `/part-of": `, of an API group `/v1`. */
const AFTER_OTHER_NAME =
  /(?::\d{1,5})?\/[\w./-]{1,200}(?::\w|@sha|\\?"[ \t]?:|=)|\/v\d{1,2}(?:(?:alpha|beta)\d{1,2})?(?![\w.-])/y;
/** Of a label or annotation in YAML. */
const BEFORE_KEY = /(?:^|\n)[ \t]*$/;
const AFTER_PREFIX = /\/[\w.-]{1,63}:(?:[ \t]|$)/my;

/**
 * Names with a dot that end with a top-level domain. What stays: files and fields (`config.yaml`, `metadata.name`), what is
 * known to everybody, services of the cluster, and API groups, prefixes of labels and registries of images, where what stands
 * around them tells.
 */
export function hostNameFinder(pseudonyms: Pseudonyms): Finder {
  return {
    candidates: new RegExp(CANDIDATE),
    find({ 0: match, index, input }) {
      const end = index + match.length;
      const start = nameStart(input, end);
      const name = input.slice(start, end).toLowerCase();
      const isInUrl = URL_START.test(input.slice(Math.max(0, start - 5), start));
      if (!isHost(name) || !(isInUrl || isHostDomain(name))) return undefined;
      if (isOtherName(input, { start, end, isInUrl })) return undefined;
      return { start, end, pseudonym: pseudonyms.of('host', name) };
    },
  };
}

/** Of the run that ends there, without dots and hyphens before a name. */
function nameStart(text: string, end: number): number {
  let start = runStart(text, end, NAME);
  if (isEscapeLetter(text, start)) start++;
  const gap = text.slice(start, end).lastIndexOf('..');
  if (gap !== -1) start += gap + 2;
  while (start < end && '.-'.includes(text.charAt(start))) start++;
  return start;
}

/** Whether the name has a dot and is neither an address nor known to everybody. */
function isHost(name: string): boolean {
  return name.includes('.') && /[a-z]/.test(name) && !isPublicName(name);
}

interface HostPlace {
  readonly start: number;
  readonly end: number;
  readonly isInUrl: boolean;
}

function isOtherName(text: string, { start, end, isInUrl }: HostPlace): boolean {
  if (BEFORE_OTHER_NAME.test(text.slice(Math.max(0, start - 24), start))) return true;
  if (isInUrl) return false;
  AFTER_OTHER_NAME.lastIndex = end;
  AFTER_PREFIX.lastIndex = end;
  return (
    AFTER_OTHER_NAME.test(text) ||
    (AFTER_PREFIX.test(text) && BEFORE_KEY.test(text.slice(Math.max(0, start - 64), start)))
  );
}

/** Their value is the name of a host even without a dot. */
const HOST_FIELDS = ['nodeName', 'hostname', 'host', 'address'];
/** What ends like a port is kept. */
const FIELD_VALUE = /[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?![\w./-]|:(?!\d))/y;
/** Of no host in particular. */
const NO_HOST = /^(?:localhost|true|false|null|none|nil|unknown)$/;

/**
 * The values of `nodeName`, `hostname` (also `kubernetes.io/hostname`), `host` and `address`, in JSON, escaped JSON, YAML
 * and `key=value`.
 *
 * @param more Fields beside those.
 */
export function hostFieldFinder(pseudonyms: Pseudonyms, more: readonly string[]): Finder {
  const fields = [...HOST_FIELDS, ...more].join('|');
  return {
    candidates: new RegExp(
      String.raw`\b(?:${fields})\\?"?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?(?=[A-Za-z0-9])`,
      'g',
    ),
    find({ 0: match, index, input }) {
      const start = index + match.length;
      FIELD_VALUE.lastIndex = start;
      const value = FIELD_VALUE.exec(input)?.[0];
      const name = value?.toLowerCase() ?? '';
      const isName = /[a-z]/.test(name) && !NO_HOST.test(name) && !isPublicName(name);
      if (value === undefined || !isName || PSEUDONYM.test(name)) return undefined;
      return { start, end: start + value.length, pseudonym: pseudonyms.of('host', name) };
    },
  };
}
