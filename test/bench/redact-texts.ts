/** Texts to redact, made line by line, the same each time: from hardly a secret to nothing else. */

/** Spreads numbers, so that no two lines in a row are alike; Knuth's multiplier. */
function mixed(index: number): number {
  return Math.imul(index + 1, 2_654_435_761) >>> 0;
}

function word(index: number): string {
  return mixed(index).toString(36).padStart(7, 'x');
}

/** One application's log, a secret in every hundredth line. */
export function logLine(index: number): string {
  const time = `2026-01-01T00:${pad(index >> 6)}:${pad(index)}.${String(index % 1000).padStart(3, '0')}Z`;
  if (index % 100 === 99) {
    return `${time} WARN  orders.db connect failed url=postgres://orders:${word(index)}@db-${index % 9}.acme.example:5432/orders retry=1\n`;
  }
  const took = mixed(index) % 900;
  return `${time} INFO  orders.http request id=${word(index)}-${word(index + 7)} method=GET path=/api/v1/orders/${index % 5000} status=200 bytes=${took * 7} took=${took}ms\n`;
}

function pad(number: number): string {
  return String(number % 60).padStart(2, '0');
}

const NAMES = ['PASSWORD', 'API_TOKEN', 'DATABASE_URL', 'USER_NAME', 'AWS_SECRET_ACCESS_KEY'];

/** Environment variables as a pod's JSON has them, on two lines, then as an annotation has them, escaped on one. */
export function pairLine(index: number): string {
  const name = NAMES[index % NAMES.length] ?? '';
  if (index % 2 === 1) {
    return `      "annotation": "{\\"name\\":\\"ORDERS_${name}\\",\\"value\\":\\"${word(index)}\\"}",\n`;
  }
  return `        "name": "ORDERS_${name}",\n        "value": "${word(index)}"\n`;
}

/** A URL with a password in every other line, a connection string in the rest. */
export function connectionLine(index: number): string {
  return index % 2 === 0
    ? `dsn=https://orders:${word(index)}@db-${index % 9}.acme.example:5432/orders?ssl=${index}\n`
    : `dsn Server=db-${index % 9};Database=orders;User ID=app;Password=${word(index)};Pooling=true\n`;
}

/** Lines on which about 15 of the rules find something. */
export function crowdedLine(index: number): string {
  const secret = word(index);
  const pairs = ['PASSWORD', 'TOKEN', 'DATABASE', 'USER'].map(
    (name) => `{\\"name\\":\\"${name}\\",\\"value\\":\\"${secret}\\"}`,
  );
  return [
    ...pairs,
    `ftp://u${index}:${secret}@files.acme.example:21/in`,
    `app:${secret}@tcp(db:3306)/orders`,
    `Data Source=a${index};location=b;User ID=c;Password=${secret};Server=d;Database=e;Uid=f;Pwd=g;\n`,
  ].join(' ');
}

/** The log, with something for one of the redactors below in another hundredth of its lines. */
export function tenantLine(index: number): string {
  if (index % 100 !== 50) return logLine(index);
  const number = Math.floor(index / 100) % 500;
  return `tenant login tenant-${number}: ${word(index)} account=acct-${word(number)} plan=free\n`;
}

/** As many redactors of a spec, each with a literal: texts, and patterns that hold one. */
export function customRedactors(count: number): readonly Readonly<Record<string, unknown>>[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `tenant ${number}`,
    removals:
      number % 2 === 0
        ? { values: [`acct-${word(number)}`] }
        : { regex: [{ redactor: `(tenant-${number}: *)(?P<mask>\\S+)( )` }] },
  }));
}

/** Whole lines, as many as make at least so many bytes. */
export function textFrom(line: (index: number) => string, bytes: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (let index = 0; length < bytes; index++) {
    const part = Buffer.from(line(index));
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts);
}
