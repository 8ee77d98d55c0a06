/** Tokens with a telling beginning: each row of the table by an example, in the places where tokens stand. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { TOKEN_ROWS } from '../../../../agent/redact/own/shapes/token-rows.ts';
import { tokenFinder } from '../../../../agent/redact/own/shapes/tokens.ts';
import { MASK } from '../../../../agent/redact/rules.ts';

/** So many letters and digits, capital letters and digits, hexadecimal digits, or characters of base64url. */
const letters = (length: number) => 'aB3dE6gH9j'.repeat(20).slice(0, length);
const capitals = (length: number) => 'AB3DE6GH9J'.repeat(20).slice(0, length);
const hex = (length: number) => 'a0b1c2d3e4'.repeat(20).slice(0, length);
const words = (length: number) => 'aB3_E6-H9j'.repeat(20).slice(0, length);

/** A rule, a token, and of the token what stays. */
const EXAMPLES: readonly (readonly [rule: string, token: string, left?: string])[] = [
  ['aws-key', `AKIA${capitals(16)}`],
  ['aws-key', `ASIA${capitals(16)}`],
  ['aws-key', `AROA${capitals(16)}`],
  ['aws-key', `AIDA${capitals(16)}`],
  ['aws-key', `AGPA${capitals(16)}`],
  ['aws-key', `ANPA${capitals(16)}`],
  ['aws-key', `ABIA${capitals(16)}`],
  ['aws-key', `ACCA${capitals(16)}`],
  ['gcp-key', `AIza${words(35)}`],
  ['gcp-key', `ya29.${words(60)}`],
  ['gcp-key', `ya29.c.${words(60)}`],
  ['gcp-key', `GOCSPX-${words(28)}`],
  ['azure-key', `AccountKey=${letters(86)}==`, `AccountKey=${MASK}`],
  ['azure-key', `SharedAccessKey=${letters(43)}=`, `SharedAccessKey=${MASK}`],
  ['azure-key', `sig=${letters(20)}%2B${letters(20)}%3D`, `sig=${MASK}`],
  ['azure-key', `abc8Q~${letters(20)}_~.-${letters(10)}`],
  ['azure-key', `x~97Q~${letters(31)}`],
  ['github-token', `ghp_${letters(36)}`],
  ['github-token', `gho_${letters(36)}`],
  ['github-token', `ghu_${letters(36)}`],
  ['github-token', `ghs_${letters(36)}`],
  ['github-token', `ghr_${letters(76)}`],
  ['github-token', `github_pat_${letters(22)}_${letters(59)}`],
  ['gitlab-token', `glpat-${words(20)}`],
  ['gitlab-token', `gldt-${words(20)}`],
  ['gitlab-token', `glrt-${words(20)}`],
  ['gitlab-token', `glcbt-${words(20)}`],
  ['gitlab-token', `glptt-${hex(40)}`],
  ['gitlab-token', `glft-${words(20)}`],
  ['gitlab-token', `glsoat-${words(20)}`],
  ['gitlab-token', `glimt-${words(25)}`],
  ['gitlab-token', `glagent-${words(50)}`],
  ['gitlab-token', `gloas-${hex(64)}`],
  ['gitlab-token', `glffct-${words(20)}`],
  ['slack-token', `xoxb-123456789012-123456789012-${letters(24)}`],
  ['slack-token', `xoxp-123456789012-${letters(24)}`],
  ['slack-token', `xoxa-2-${letters(24)}`],
  ['slack-token', `xoxr-${letters(24)}`],
  ['slack-token', `xoxs-${letters(24)}`],
  ['slack-token', `xoxe-1-${letters(140)}`],
  ['slack-token', `xapp-1-A0123456789-1234567890123-${hex(64)}`],
  [
    'slack-token',
    `https://hooks.slack.com/services/T${capitals(8)}/B${capitals(8)}/${letters(24)}`,
    `https://hooks.slack.com/services/${MASK}`,
  ],
  ['stripe-key', `sk_live_${letters(24)}`],
  ['stripe-key', `rk_live_${letters(99)}`],
  ['stripe-key', `sk_test_${letters(24)}`],
  ['stripe-key', `whsec_${letters(32)}`],
  ['npm-token', `npm_${letters(36)}`],
  ['npm-token', `//registry/:_authToken=${letters(20)}`, `//registry/:_authToken=${MASK}`],
  ['npm-token', `_authToken = ${letters(20)}`, `_authToken = ${MASK}`],
  ['vendor-token', `sk-${letters(48)}`],
  ['vendor-token', `sk-proj-${words(64)}`],
  ['vendor-token', `sk-ant-api03-${words(90)}`],
  ['vendor-token', `SG.${words(22)}.${words(43)}`],
  ['vendor-token', `dop_v1_${hex(64)}`],
  ['vendor-token', `hvs.${words(90)}`],
  ['vendor-token', `hvb.${words(90)}`],
  ['vendor-token', `AGE-SECRET-KEY-1${capitals(58)}`],
  ['vendor-token', `dckr_pat_${words(27)}`],
  ['vendor-token', `pypi-AgEIcHlwaS5vcmc${words(120)}`],
  ['vendor-token', `shpat_${hex(32)}`],
  ['vendor-token', `glsa_${letters(32)}_${hex(8)}`],
  ['vendor-token', `glc_${letters(60)}=`],
  ['vendor-token', `dapi${hex(32)}`],
  ['vendor-token', `lin_api_${letters(40)}`],
  ['vendor-token', `sntrys_${letters(60)}_${letters(43)}`],
  ['vendor-token', `HRKU-${words(36)}`],
  ['vendor-token', `123456789:AA${words(33)}`, `123456789:${MASK}`],
  [
    'vendor-token',
    `https://discord.com/api/webhooks/123456789012345678/${words(68)}`,
    `https://discord.com/api/webhooks/123456789012345678/${MASK}`,
  ],
];

const ESCAPE = String.fromCharCode(27);

/** What stands around a token, in a line. */
const AROUND: readonly (readonly [place: string, before: string, behind: string])[] = [
  ['a line of its own', '', ''],
  ['JSON', '{"a":1,"key":"', '","b":2}'],
  ['JSON inside of JSON', String.raw`{"log":"{\"key\":\"`, String.raw`\",\"b\":2}\n"}`],
  ['YAML', '  key: ', ''],
  ['a quoted YAML scalar', "  - '", "'"],
  ['the environment', 'KEY=', ''],
  ['a log', '2026-08-21T10:00:00Z ERROR no access with ', ', and no other'],
  ['a sentence', 'The key (', ') is old'],
  ['a query', 'GET https://host/path?a=b&key=', '&c=d HTTP/1.1'],
  ['a path', 'https://host/a/', '?b=c'],
  ['an escaped line', String.raw`first\n`, String.raw`\nlast`],
  ['an encoded query', 'a%3D', '%26b'],
  ['a coloured log', `${ESCAPE}[32m`, `${ESCAPE}[0m`],
  ['a Windows line', '', '\r'],
];

const NEAR_MISSES: readonly string[] = [
  `AKIA${capitals(15)}`,
  `AKIA${capitals(17)}`,
  `AKIA${capitals(16)}x`,
  `xAKIA${capitals(16)}`,
  `AKIA${capitals(16).toLowerCase()}`,
  `AIza${words(34)}`,
  `AIza${words(36)}`,
  `-AIza${words(35)}`,
  `ya29.${words(19)}`,
  `GOCSPX-${words(19)}`,
  `AccountKey=${letters(19)}`,
  'AccountKey=<your-account-key-from-the-portal>',
  `SharedAccessKey=${letters(19)}`,
  `sig=${letters(39)}`,
  `assig=${letters(43)}`,
  `abc8Q~${letters(30)}`,
  `abc9Q~${letters(34)}`,
  `ghp_${letters(35)}`,
  `xghp_${letters(36)}`,
  `ghx_${letters(36)}`,
  `github_pat_${letters(21)}`,
  `glpat-${words(19)}`,
  'glpat-...',
  `glxx-${words(20)}`,
  'xoxb-123',
  'xapp-…',
  'https://hooks.slack.com/services/',
  'https://slack.com/services/T00000000/B00000000/xxxxxxxx',
  `sk_live_${letters(15)}`,
  `ask_live_${letters(24)}`,
  `pk_live_${letters(24)}`,
  'sk_live_...',
  `whsec_${letters(23)}`,
  `npm_${letters(35)}`,
  'npm_config_cache=/home/node/.npm/_cacache/content-v2/sha512',
  '_authToken=${NPM_TOKEN}',
  '_authToken=<token>',
  '_authToken=short',
  'sk-...',
  'sk-proj-...',
  `sk-${letters(31)}`,
  `disk-${letters(48)}`,
  'task-runner-controller-manager-5d8f7c6b9d-x2x4z',
  `SG.${words(15)}.${words(43)}`,
  `SG.${words(22)}.${words(15)}`,
  `dop_v2_${hex(64)}`,
  `dop_v1_${hex(31)}`,
  `hvs.${words(23)}`,
  'hvs.example.com',
  `AGE-SECRET-KEY-1${capitals(49)}`,
  `dckr_pat_${words(23)}`,
  'pypi-mirror.example.com/simple/some-quite-long-package-name-of-more-than-fifty',
  `shpat_${hex(31)}`,
  `glsa_${letters(31)}`,
  `glc_${letters(31)}`,
  `dapi${hex(31)}`,
  `dapi${hex(32)}x`,
  `/api/dapi${hex(40)}`,
  `lin_api_${letters(31)}`,
  `sntrys_${letters(39)}`,
  `HRKU-${words(35)}`,
  `1234567:AA${words(33)}`,
  `12345678901:AA${words(33)}`,
  `123456789:AB${words(33)}`,
  `123456789:AA${words(34)}`,
  'https://discord.com/api/webhooks/123456789012345678',
  `https://discord.com/api/webhooks/123456789012345678/${words(59)}`,
];

describe('redact/own/shapes/tokens', () => {
  for (const [rule, token, left = MASK] of EXAMPLES) {
    it(`hides ${token.slice(0, 16)}… by ${rule}, wherever it stands`, () => {
      for (const [place, before, behind] of AROUND) {
        const hidden: string[] = [];
        const redactor = shapeRules(new Set([rule])).open('a.txt', (name) => hidden.push(name));

        const text = redactor?.redact(`${before}${token}${behind}\n`);

        assert.equal(text, `${before}${left}${behind}\n`, place);
        assert.deepEqual(hidden, [rule], place);
      }
    });
  }

  it('has an example for each row', () => {
    for (const row of TOKEN_ROWS) {
      const find = tokenFinder([row]);
      const isShown = [...EXAMPLES, ['gcp-key', KEY_ID] as const].some(
        ([rule, token]) => rule === row.rule && find(token).length > 0,
      );

      assert.ok(isShown, row.begins);
    }
  });

  for (const text of NEAR_MISSES) {
    it(`leaves ${text.slice(0, 60)} (${text.length} characters)`, () => {
      assert.equal(redacted(`${text}\n`), `${text}\n`);
      assert.equal(redacted(`{"key":"${text}"}\n`), `{"key":"${text}"}\n`);
    });
  }

  it("hides the number of a Google service account's key, at any depth of quoting", () => {
    for (const quote of ['"', String.raw`\"`, String.raw`\\\"`]) {
      const [before, behind] = [`{${quote}private_key_id${quote}: ${quote}`, `${quote}}`];

      assert.equal(redacted(`${before}${hex(40)}${behind}`), `${before}${MASK}${behind}`);
    }
  });

  it('leaves a name without a value', () => {
    for (const text of ['"private_key_id": ""', '"private_key_id"', '"private_key_id": null']) {
      assert.equal(redacted(text), text);
    }
  });

  it('hides tokens with escaped slashes', () => {
    const text = String.raw`"https:\/\/hooks.slack.com\/services\/T12345678\/B12345678\/`;

    assert.equal(
      redacted(`${text}${letters(24)}"`),
      String.raw`"https:\/\/hooks.slack.com\/services\/${MASK}"`,
    );
  });

  it('hides tokens that follow one another', () => {
    const tokens = [`ghp_${letters(36)}`, `AKIA${capitals(16)}`, `sk_live_${letters(24)}`];

    assert.equal(redacted(tokens.join(' ')), `${MASK} ${MASK} ${MASK}`);
    assert.equal(redacted(tokens.join(',')), `${MASK},${MASK},${MASK}`);
  });

  it('hides a token of any length whole', () => {
    assert.equal(redacted(`x github_pat_${'aB3_'.repeat(1e6)}!\n`), `x ${MASK}!\n`);
  });
});

const KEY_ID = `"private_key_id": "${hex(40)}"`;

function redacted(text: string): string {
  const rules = shapeRules(new Set(TOKEN_ROWS.map(({ rule }) => rule)));
  return rules.open('a.txt', () => undefined)?.redact(text) ?? text;
}
