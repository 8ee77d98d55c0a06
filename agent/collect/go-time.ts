/** Times as Go prints them. */

const ZERO = '0001-01-01 00:00:00 +0000 UTC';

const RFC3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** What `time.Time.String` gives for an RFC 3339 text: `2026-11-25 10:00:00.5 +0000 UTC`; for an empty one the zero time. */
export function goTimeText(rfc3339: string): string {
  const [, date, time, fraction = '', zone = ''] = RFC3339.exec(rfc3339) ?? [];
  if (date === undefined || time === undefined) return rfc3339 === '' ? ZERO : rfc3339;
  const digits = fraction.replace(/0+$/, '');
  const offset = zone === 'Z' ? '+0000' : zone.replace(':', '');
  // A zone without a name is called by its offset.
  const name = offset === '+0000' ? 'UTC' : offset;
  return `${date} ${time}${digits === '' ? '' : `.${digits}`} ${offset} ${name}`;
}
