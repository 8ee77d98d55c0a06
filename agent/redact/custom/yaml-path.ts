/** Masks what a redactor's yamlPath leads to, in YAML and in JSON, and leaves the rest of the file as it is. */

import { isUtf8 } from 'node:buffer';

import { type Place, replacePlaces } from '../places.ts';
import { changesInYaml, type YamlChange } from './yaml-change.ts';
import { findInJson, JSON_MASK, parseIndex } from './yaml-json.ts';
import { readYaml } from './yaml-parse.ts';

/**
 * The text with the values at the end of the path masked, whatever they are: texts, numbers, nothing, lists, maps.
 *
 * Only these are replaced, in every document of the file. Upstream writes the first document anew and drops the others
 * (troubleshoot v0.133.0, pkg/redact/yaml.go). JSON stays JSON, also JSON lines; YAML stays YAML. Unchanged where nothing
 * is at the path, and where the text is neither; of several documents those that are broken.
 *
 * @param text A whole file; bytes, one character each.
 * @param path Steps with a `.` between them: a key that is a text, an index from 0, or `*` for all. No key with a `.` in it can be named.
 * @param onHidden Called once for each value that is masked and was not already.
 * @throws {RangeError} On YAML that is nested too deeply, or too large, to be looked into. JSON may be both.
 */
export function maskYamlPath(text: string, path: string, onHidden: () => void): string {
  const rule: Rule = { steps: path.split('.'), onHidden };
  return /^(?:\xff\xfe|\xfe\xff)/.test(text) ? maskUtf16(text, rule) : maskUtf8(text, rule);
}

interface Rule {
  readonly steps: readonly string[];
  readonly onHidden: () => void;
}

/** Upstream reads UTF-16 too, where a byte order mark says so. */
function maskUtf16(text: string, rule: Rule): string {
  if (text.length % 2 === 1) return text;
  const isBigEndian = text.startsWith('\xfe');
  const bytes = Buffer.from(text, 'latin1');
  const decoded = (isBigEndian ? bytes.swap16() : bytes).toString('utf16le');
  if (!decoded.isWellFormed()) return text;
  const masked = Buffer.from(
    maskUtf8(Buffer.from(decoded).toString('latin1'), rule),
    'latin1',
  ).toString();
  const encoded = Buffer.from(masked, 'utf16le');
  return (isBigEndian ? encoded.swap16() : encoded).toString('latin1');
}

function maskUtf8(text: string, rule: Rule): string {
  if (!mayHold(text, rule.steps)) return text;
  const places = findInJson(text, rule.steps);
  if (places !== undefined) return apply(text, inJson(places), rule.onHidden);
  // Nothing goes on past such a line, so each document is read alone.
  return text
    .split(/^(?=---(?:[ \t\r\n]|$))/m)
    .map((document) => (mayHold(document, rule.steps) ? maskDocument(document, rule) : document))
    .join('');
}

/** All that ends a line in YAML 1.1 besides `\n` and `\r\n`. */
const LINE_ENDS = /\r(?!\n)|[\x85\u2028\u2029]/g;
const ASCII_LINE_ENDS = /\r(?!\n)/g;

function maskDocument(document: string, { steps, onHidden }: Rule): string {
  // YAML has no such character; what has is binary, or a log with holes.
  if (document.includes('\0')) return maskJsonLines(document, { steps, onHidden });
  const bytes = Buffer.from(document, 'latin1');
  const isDecodable = isUtf8(bytes);
  const text = isDecodable ? bytes.toString() : document;
  // Other encodings agree with UTF-8 in the ASCII signs that YAML is made of.
  const textSteps = isDecodable ? steps : steps.map((step) => Buffer.from(step).toString('latin1'));
  const { trees, isWhole } = readYaml(text, isDecodable ? LINE_ENDS : ASCII_LINE_ENDS);
  const changes = trees.flatMap((tree) => changesInYaml(text, tree, textSteps));
  const masked = apply(text, changes, onHidden);
  const encoded = isDecodable ? Buffer.from(masked).toString('latin1') : masked;
  return isWhole ? encoded : maskJsonLines(encoded, { steps, onHidden });
}

/** In a log that is no YAML there may be lines of JSON, and in JSON lines one that is broken. */
function maskJsonLines(text: string, { steps, onHidden }: Rule): string {
  return text.replace(/^[[{][^\n]*/gm, (line) =>
    apply(line, inJson(findInJson(line, steps) ?? []), onHidden),
  );
}

function inJson(places: readonly Place[]): readonly YamlChange[] {
  return places.map((place) => ({ ...place, text: JSON_MASK }));
}

/** What may stand for a letter, a digit, `_` or `-` of a key: an escape, a line end that is none, base64. */
const HIDES_KEYS = /\\(?:x|u00|U000000)(?:2[dD]|3[0-9]|[4-7][0-9a-fA-F])|\\[\r\n]|binary/;

/** Whether there is something of each key in the text. Most files of a bundle hold none of it, and parsing them takes a thousand times longer. */
function mayHold(text: string, steps: readonly string[]): boolean {
  const words = steps
    .filter((step) => parseIndex(step) === undefined)
    .flatMap((step) =>
      (step.match(/[\w-]+/g) ?? []).toSorted((one, other) => other.length - one.length).slice(0, 1),
    );
  return words.every((word) => text.includes(word)) || HIDES_KEYS.test(text);
}

/** @param changes In the order of the text, and apart from each other. */
function apply(text: string, changes: readonly YamlChange[], onHidden: () => void): string {
  return replacePlaces(text, changes, (change) => {
    onHidden();
    return change.text;
  });
}
