/** spec/collector: entries of spec.collectors. */

import assert from 'node:assert/strict';

import { parseCollector } from '../../agent/spec/collector.ts';
import { COLLECTOR_TYPES } from '../../agent/spec/collector-fields.ts';

describe('spec/collector', () => {
  for (const [entry, title] of [
    [{ clusterInfo: { collectorName: 'x' } }, 'cluster-info'],
    [{ logs: { collectorName: 'api', selector: ['app=api'] } }, 'logs/api'],
    [{ logs: { selector: ['app=api', 'tier=web'] } }, 'logs/app=api,tier=web'],
    [{ secret: { name: 'a' } }, 'secret'],
    [{ exec: { selector: ['a=b'] } }, 'exec/a=b'],
    [{ run: { collectorName: 'ping', name: 'x' } }, 'run/ping'],
    [{ sysctl: { collectorName: 'x', name: 'y' } }, 'sysctl/y'],
    [{ helm: { collectorName: 'x' } }, 'helm'],
    [{ nodeMetrics: { selector: ['a=b'] } }, 'node-metrics'],
    [{ s3Status: { collectorName: 'b' } }, 's3Status/b'],
  ] as const) {
    it(`gives ${JSON.stringify(entry)} troubleshoot's title ${title}`, () => {
      const { collector, reports } = parse(entry);

      assert.equal(collector?.title, title);
      assert.deepEqual(reports, []);
    });
  }

  for (const [exclude, expected] of [
    [undefined, false],
    [null, false],
    [true, true],
    [false, false],
    ['', false],
    ['1', true],
    ['T', true],
    ['True', true],
    ['false', false],
    ['F', false],
  ] as const) {
    it(`reads exclude ${JSON.stringify(exclude)} as ${expected}`, () => {
      const { collector, reports } = parse({ clusterInfo: { exclude } });

      assert.equal(collector?.exclude, expected);
      assert.deepEqual(collector.fields, {});
      assert.deepEqual(reports, []);
    });
  }

  it('runs a collector whose exclude is another text, as troubleshoot does, and says so', () => {
    const { collector, reports } = parse({ clusterInfo: { exclude: 'maybe' } });

    assert.equal(collector?.exclude, false);
    assert.match(reports[0] ?? '', /^clusterInfo\.exclude: clusterInfo runs/);
  });

  it('drops a collector whose exclude is a number', () => {
    const { collector, reports } = parse({ clusterInfo: { exclude: 1 } });

    assert.equal(collector, undefined);
    assert.equal(reports.length, 1);
  });

  it('leaves out an unknown field and names it', () => {
    const { collector, reports } = parse({ logs: { name: 'a', limits: { lines: 1 } } });

    assert.deepEqual(collector?.fields, { name: 'a', limits: {} });
    assert.deepEqual(reports, ['logs.limits.lines: logs has no field limits.lines']);
  });

  it('drops a collector with a field of another type and names each', () => {
    const { collector, reports } = parse({ logs: { selector: 'app=api', timestamps: 'yes' } });

    assert.equal(collector, undefined);
    assert.deepEqual(reports, [
      'logs.selector: logs is not used: selector must be a list of texts',
      'logs.timestamps: logs is not used: timestamps must be true or false',
    ]);
  });

  it("takes of several keys the first in troubleshoot's order", () => {
    const { collector, reports } = parse({ helm: {}, logs: {}, secret: {} });

    assert.equal(collector?.type, 'secret');
    assert.equal(reports.length, 2);
  });

  for (const [what, entry] of [
    ['an unknown collector', { clusterResource: {} }],
    ['a name of Object', { constructor: {} }],
    ['a key without a value', { clusterInfo: null }],
    ['a key with a text', { clusterInfo: 'yes' }],
    ['no key', {}],
    ['a text', 'clusterInfo'],
    ['null', null],
  ] as const) {
    it(`drops ${what} and says so`, () => {
      const { collector, reports } = parse(entry);

      assert.equal(collector, undefined);
      assert.equal(reports.length, 1);
    });
  }

  it('knows all 33', () => {
    assert.equal(Object.keys(COLLECTOR_TYPES).length, 33);
  });
});

function parse(entry: unknown): {
  collector: ReturnType<typeof parseCollector>;
  reports: string[];
} {
  const reports: string[] = [];
  const collector = parseCollector(entry, (path, message) =>
    reports.push(`${path.join('.')}: ${message}`),
  );
  return { collector, reports };
}
