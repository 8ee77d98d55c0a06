/** TIME_ZONE: whether a text names a time zone, and which one was probably meant. */

import { cutText } from '../bundle.ts';

/**
 * What is wrong with the name, with what to write instead; undefined when it names a time zone.
 *
 * IANA names of any case, old ones such as `CET` included. Bare offsets are refused although JavaScript
 * knows `+02:00`: nothing else that reads IANA names does.
 */
export function findTimeZoneProblem(timeZone: string): string | undefined {
  if (isTimeZone(timeZone)) return undefined;
  const shown = JSON.stringify(cutText(timeZone, 60));
  return `TIME_ZONE ${shown} is not an IANA time zone: ${adviceFor(timeZone.trim())}`;
}

function isTimeZone(text: string): boolean {
  // A name of letters: JavaScript would take `+02:00` and, from a careless caller, nothing at all.
  if (!/^[a-z]/i.test(text)) return false;
  try {
    return Intl.DateTimeFormat('en-US', { timeZone: text }).format(0) !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function adviceFor(text: string): string {
  const offset = /^[a-z]{0,5}\s*([+-])0?(\d{1,2})(?::?(\d{2}))?$/i.exec(text);
  if (offset !== null) {
    const [, sign, hours, minutes = '00'] = offset;
    const fixed = hours === '0' ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`;
    const hint =
      minutes === '00' && isTimeZone(fixed)
        ? `, or ${fixed} for this offset all year (its sign is turned round)`
        : '';
    return `write the name of a place, e.g. Europe/Berlin${hint}`;
  }
  const near = findNear(text);
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  return 'write a name such as UTC, Europe/Berlin or America/New_York';
}

const MAX_NEAR = 3;

/** By the place alone, then by how the whole begins. */
function findNear(text: string): readonly string[] {
  const given = lettersOf(text);
  if (given.length < 3) return [];
  const names = Intl.supportedValuesOf('timeZone');
  const places = names.filter((name) => {
    const place = lettersOf(name.split('/').at(-1) ?? name);
    return (
      place === given ||
      lettersOf(name) === given ||
      place === lettersOf(text.split('/').at(-1) ?? text)
    );
  });
  if (places.length > 0) return places.slice(0, MAX_NEAR);
  for (let length = given.length; length >= Math.max(6, given.length - 3); length--) {
    const near = names.filter((name) => lettersOf(name).startsWith(given.slice(0, length)));
    if (near.length > 0) return near.length <= MAX_NEAR ? near : [];
  }
  return [];
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}
