/** Which rules are in a run: each of ours by its name, on or off, and in which order the sets work. */

import assert from 'node:assert/strict';

import { RULES_OFF, RULES_ON } from '../../agent/redact/names.ts';
import { ruleSets, troubleshootSets } from '../../agent/redact/rule-sets.ts';
import { MASK, type RuleSet } from '../../agent/redact/rules.ts';

const LETTERS = 'aB3dE6gH9jaB3dE6gH9jaB3dE6gH9jaB3dE6gH9j';
const KEY = `-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIB\n-----END PRIVATE KEY-----\n`;
const JWT = [{ alg: 'RS256' }, { sub: 'a' }].map((one) =>
  Buffer.from(JSON.stringify(one)).toString('base64url'),
);

/** What each rule hides, by their names. */
const ON: Readonly<Record<string, string>> = {
  'pem-private-key': KEY,
  jwt: `${JWT.join('.')}.c2lnbmF0dXJl`,
  'aws-key': `AKIA${LETTERS.toUpperCase().slice(0, 16)}`,
  'gcp-key': `AIza${LETTERS.slice(0, 35)}`,
  'azure-key': `AccountKey=${LETTERS}==`,
  'github-token': `ghp_${LETTERS.slice(0, 36)}`,
  'gitlab-token': `glpat-${LETTERS.slice(0, 20)}`,
  'slack-token': `xoxb-${LETTERS}`,
  'stripe-key': `sk_live_${LETTERS}`,
  'npm-token': `npm_${LETTERS.slice(0, 36)}`,
  'vendor-token': `glsa_${LETTERS}`,
  'authorization-header': 'Authorization: Basic hunter2Xy',
  'cookie-header': 'Cookie: a=hunter2Xy',
  'url-credentials': 'redis://:hunter2Xy@cache',
  kubeconfig: 'client-certificate-data: hunter2Xy',
  'docker-config': '"auth": "dXNlcjpwYXNz"',
  'secret-data': '{"kind":"Secret","data":{"a":"aHVudGVyMg=="}}',
  'base64-secret': Buffer.from(`a b c ghp_${LETTERS.slice(0, 36)} d e f`).toString('base64'),
  'named-secret': 'DB_PASSWORD=hunter2Xy',
};

const OFF: Readonly<Record<string, string>> = {
  'ip-address': 'at 10.1.2.3:80',
  'host-name': 'at api.acme.com:80',
  email: 'to jo@acme.com',
};

/** Hides a word of its own, in which ours find nothing. */
const REDACTORS = [{ name: 'x', removals: { values: ['-custom-'] } }];

describe('redact/rule-sets', () => {
  it('has an example for each rule', () => {
    assert.deepEqual(Object.keys(ON), [...RULES_ON]);
    assert.deepEqual(Object.keys(OFF), [...RULES_OFF]);
  });

  for (const [name, text] of Object.entries(ON)) {
    it(`has ${name} unless it is disabled`, async () => {
      const others = RULES_ON.filter((other) => other !== name);

      assert.deepEqual(await hiddenBy(text, { disabled: others }), [name]);
      assert.ok(!(await hiddenBy(text, { disabled: [name] })).includes(name));
      assert.deepEqual(await hiddenBy(text, { disabled: [...RULES_ON] }), []);
    });
  }

  for (const [name, text] of Object.entries(OFF)) {
    it(`has ${name} only if it is enabled`, async () => {
      assert.deepEqual(await hiddenBy(text, { enabled: [name] }), [name]);
      assert.deepEqual(await hiddenBy(text, {}), []);
    });
  }

  it("has troubleshoot's rules first, then ours, those of the spec, and pseudonyms", async () => {
    const { sets } = await ruleSets({ redactors: REDACTORS, disabled: [], enabled: ['email'] });
    const text = `location=a; ghp_${LETTERS.slice(0, 36)} -custom- jo@acme.com`;

    assert.deepEqual(redact(sets, text).hidden, [
      "Redact 'location' values commonly found in database connection strings",
      'github-token',
      'x.literal.0',
      'email',
    ]);
  });

  it('has ours once more behind each set of the spec, for what that has put together', async () => {
    const { sets } = await ruleSets({
      redactors: [{ removals: { regex: [{ redactor: '(?P<drop>-cut-)' }] } }],
      disabled: [],
      enabled: [],
    });

    assert.equal(redact(sets, `glp-cut-at-${LETTERS}\n`).text, `${MASK}\n`);
  });

  it("has troubleshoot's once more behind them, too", async () => {
    const { sets } = await ruleSets({
      redactors: [{ removals: { regex: [{ redactor: '(?P<drop>#)' }] } }],
      disabled: ['kubeconfig', 'named-secret'],
      enabled: [],
    });

    assert.equal(
      redact(sets, '"na#me": "user",\n"val#ue": "hunter2"\n').text,
      `"name": "user",\n"value": "${MASK}"\n`,
    );
  });

  it('changes nothing in what it has left, in forms of URLs that each set sees with other eyes', async () => {
    const { sets } = await ruleSets({ redactors: [], disabled: [], enabled: [] });
    for (const text of [
      'postgres://app:xk4/Tz9Qw@db:5432/app\n',
      'db: app:s3cret:x@tcp(db:3306)/app\n',
      'u:p@h: @tcp(h)/x\n',
      'Password=;x y;\n',
      '"url: postgres://app:Qwert12y@db:5432/app\\npassword: Xy12w\\n"\n',
    ]) {
      const once = redact(sets, text).text;

      assert.equal(redact(sets, once).text, once);
    }
  });

  it("looks for names' secrets by troubleshoot's rules and ours alone", async () => {
    const { nameSets } = await ruleSets({ redactors: REDACTORS, disabled: [], enabled: ['email'] });

    assert.equal(redact(nameSets, '-custom- jo@acme.com').text, '-custom- jo@acme.com');
    assert.equal(
      redact(nameSets, `location=a; glpat-${LETTERS}`).text,
      `location=${MASK}; ${MASK}`,
    );
  });

  it('has what troubleshoot has, and nothing of ours, where that is asked for', async () => {
    const { sets, nameSets } = await troubleshootSets(REDACTORS);

    assert.deepEqual(nameSets, []);
    assert.equal(
      redact(sets, `pwd=${MASK} x; glpat-${LETTERS} -custom-\n`).text,
      `pwd=${MASK}; glpat-${LETTERS} ${MASK}\n`,
    );
  });
});

async function hiddenBy(
  text: string,
  choice: { readonly disabled?: readonly string[]; readonly enabled?: readonly string[] },
): Promise<readonly string[]> {
  const { sets } = await ruleSets({ redactors: [], disabled: [], enabled: [], ...choice });
  return [...new Set(redact(sets, `${text}\n`).hidden)];
}

function redact(
  sets: readonly RuleSet[],
  text: string,
): { readonly text: string; readonly hidden: readonly string[] } {
  const hidden: string[] = [];
  const redacted = sets.reduce(
    (left, set) => set.open('a.log', (rule) => hidden.push(rule))?.redact(left) ?? left,
    text,
  );
  return { text: redacted, hidden };
}
