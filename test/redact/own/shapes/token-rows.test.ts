/** Each alternative of each row: beginnings, characters that the rest may have, and what may stand before a token. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';

const letters = (length: number) => 'aB3dE6gH9j'.repeat(20).slice(0, length);
const digits = (length: number) => '1234567890'.repeat(20).slice(0, length);
const hex = (length: number) => 'a0b1c2d3e4'.repeat(20).slice(0, length);

/** With each of the characters in the middle and at the end. */
const withEach = (characters: string, begin: string, length: number): readonly string[] =>
  Array.from(characters, (one) => `${begin}${one}${letters(length - 2)}${one}`);

/** A rule and its tokens; before `»` is what is kept. */
const TOKENS: readonly (readonly [rule: string, tokens: readonly string[]])[] = [
  ['aws-key', [`AKIA${letters(16).toUpperCase()}`, `ASIA${digits(16)}`]],
  [
    'gcp-key',
    [
      ...withEach('-_', 'AIza', 35),
      ...withEach('-_', 'ya29.ab.', 20),
      ...withEach('-_', 'GOCSPX-', 20),
      ...['a', 'A', '0'].map((first) => `"private_key_id":"»${first}${letters(7)}`),
      ...Array.from('-_', (one) => `"private_key_id" \t: \t"»a${one}${letters(30)}${one}`),
      `xprivate_key_id":"»${hex(40)}`,
      String.raw`private_key_id\" : \"»${hex(40)}`,
    ],
  ],
  [
    'azure-key',
    [
      ...['AccountKey', 'SharedAccessKey'].flatMap((name) =>
        ['+', '/', '%2B', '%2b', '%2F', '%2f', '=', '==', '%3D', '%3d', '%3D%3D'].flatMap((one) => [
          `${name}=»${letters(20)}${one}`,
          `My${name}=»${/[=3]/.test(one) ? letters(20) : one}${letters(19)}${one}`,
        ]),
      ),
      ...['+', '/', '-', '_', '%2B', '%2b', '%2F', '%2f'].flatMap((one) => [
        `sig=»${letters(39)}${one}`,
        `sig=»${one}${letters(39)}`,
      ]),
      ...['=', '==', '%3D', '%3d', '%3D%3d', ''].map((end) => `sig=»${letters(40)}${end}`),
      ...Array.from('78', (version) => `abc${version}Q~${letters(31)}`),
      ...withEach('_~.-', 'abc8Q~', 31),
      ...Array.from('_~.-', (one) => `a${one}${one}8Q~${letters(34)}`),
    ],
  ],
  [
    'github-token',
    [
      ...Array.from('opusr', (kind) => `gh${kind}_${letters(40)}`),
      `x»github_pat_${letters(22)}`,
      `-»github_pat__${letters(21)}_`,
    ],
  ],
  [
    'gitlab-token',
    ['pat', 'dt', 'rt', 'cbt', 'ptt', 'ft', 'soat', 'imt', 'agent', 'oas', 'ffct'].flatMap(
      (kind) => [...withEach('-_', `gl${kind}-`, 20), `x»gl${kind}-${letters(30)}`],
    ),
  ],
  [
    'slack-token',
    [
      ...[...Array.from('abeoprs', (kind) => `xox${kind}-`), 'xapp-'].flatMap((begin) => [
        ...withEach('-_', begin, 10),
        `x»${begin}${letters(30)}`,
      ]),
      ...['services', 'workflows', 'triggers'].flatMap((kind) => [
        `https://hooks.slack.com/${kind}/»${letters(8)}/${letters(8)}/${letters(40)}`,
        `xhooks.slack.com/${kind}/»T_${letters(8)}/${letters(8)}/${letters(8)}/${letters(8)}_`,
      ]),
    ],
  ],
  [
    'stripe-key',
    [
      ...Array.from('rs').flatMap((kind) =>
        ['live', 'test'].map((mode) => `${kind}k_${mode}_${letters(40)}`),
      ),
      ...withEach('+/', 'whsec_', 24),
      `whsec_${letters(40)}=`,
    ],
  ],
  [
    'npm-token',
    [
      `npm_${letters(40)}`,
      ...withEach('+/=.~-_', 'x_authToken=»a', 8),
      ...withEach('+/=.~-_', '_authToken=»a', 20),
      ...['=', ' = ', '\t=\t', '="', "='", '=\\"', ' = \\\\\\"', '    =    "'].map(
        (between) => `_authToken${between}»${letters(8)}`,
      ),
    ],
  ],
  [
    'vendor-token',
    [
      ...['proj', 'ant', 'svcacct', 'admin', 'or', 'lf'].flatMap((kind) =>
        withEach('-_', `sk-${kind}-`, 20),
      ),
      ...['a', 'A', '0'].map((first) => `sk-${first}${letters(31)}`),
      `sk-${letters(40)}-_`,
      ...Array.from('-_', (one) => `SG.${one}${letters(15)}.${letters(15)}${one}`),
      `SG.0${letters(63)}.${letters(43)}`,
      ...Array.from('opr', (kind) => `do${kind}_v1_${hex(40)}`),
      ...Array.from('bsr').flatMap((kind) => withEach('-_', `hv${kind}.`, 24)),
      `AGE-SECRET-KEY-1${letters(60).toUpperCase()}`,
      ...Array.from('op').flatMap((kind) => withEach('-_', `dckr_${kind}at_`, 24)),
      ...withEach('-_', 'pypi-AgE', 50),
      ...Array.from('acps').flatMap((one) =>
        Array.from('apst', (two) => `shp${one}${two}_${hex(32)}`),
      ),
      `shpat_${hex(32).toUpperCase()}`,
      `shpat_${hex(34)}AF`,
      `glsa__${letters(31)}_`,
      ...withEach('+/', 'glc_', 32),
      `glc_${letters(40)}==`,
      ...['0', 'a'].map((first) => `dapi${first}${hex(31)}`),
      `lin_api_${letters(40)}`,
      ...Array.from('su').flatMap((kind) => withEach('+/-_', `sntry${kind}_`, 40)),
      `sntrys_${letters(50)}=_`,
      ...withEach('-_', 'HRKU-', 36),
      `HRKU-${letters(60)}`,
      ...Array.from('-_', (one) => `12345678:»AA${one}${letters(31)}${one}`),
      `1234567890:»AA${letters(33)}`,
      ...['discord.com/api', 'discordapp.com/api', 'discord.com/api/v9', 'discord.com/api/v10'].map(
        (api) => `https://${api}/webhooks/${digits(16)}/»${letters(60)}`,
      ),
      `xdiscord.com/api/webhooks/${digits(21)}/»-_${letters(58)}-_`,
      String.raw`discord.com\/api\/v10\/webhooks\/${digits(18)}\/»${letters(68)}`,
    ],
  ],
];

/** What stands before a token that must begin a word. */
const BEFORE = [
  ...Array.from('nrtbf', (letter) => `\\${letter}`),
  ...String.raw`%0A %3d %Af %fA \u003d \u00AF \u00af`.split(' '),
  ...'\u001b[32m|\u001b[1;32m|\u001b[0m|_|-|.| '.split('|'),
];
const IN_WORDS = ['x', 'X', '0', '9n', '%A', 'u003d', '32m', ';32m'];

const LEFT: readonly string[] = [
  ...Array.from('0aA', (one) => `AKIA${digits(16)}${one}`),
  ...Array.from('0aA-_+/', (one) => `AIza${letters(35)}${one}`),
  ...Array.from('-_a0A', (one) => `${one}AIza${letters(35)}`),
  ...Array.from('gzA0', (one) => `dapi${hex(32)}${one}`),
  ...Array.from('-_aA0', (one) => `12345678:AA${letters(33)}${one}`),
  `"private_key_id":"-${letters(8)}"`,
  `"private_key_id":"_${letters(8)}"`,
  `abc8Q~${letters(30)}!`,
  `https://hooks.slack.com/other/${letters(8)}/${letters(8)}/${letters(24)}`,
  `_authToken=-${letters(8)}`,
  `sk-other-${letters(20)}`,
  `sk-_${letters(31)}`,
  `hvx.${letters(30)} dox_v1_${hex(40)} shpxx_${hex(32)} sntryx_${letters(60)} dckr_xat_${letters(30)}`,
  `https://discord.com/api/vx/webhooks/${digits(18)}/${letters(68)}`,
  `https://discordapps.com/api/webhooks/${digits(18)}/${letters(68)}`,
];

describe('redact/own/shapes/token-rows', () => {
  for (const [rule, tokens] of TOKENS) {
    for (const row of tokens) {
      it(`hides ${row} by ${rule}`, () => {
        const kept = row.slice(0, row.indexOf('»') + 1).replace('»', '');

        assert.equal(redact(rule, `${row.replace('»', '')} x`), `${kept}${MASK} x`);
      });
    }
  }

  for (const [rule, token] of [
    ['aws-key', `AKIA${digits(16)}`],
    ['gcp-key', `AIza${letters(35)}`],
  ] as const) {
    for (const before of BEFORE) {
      const isBase64 = token.startsWith('AIza') && /^[_-]$/.test(before);
      if (isBase64) continue;
      it(`hides ${token} behind ${JSON.stringify(before)}`, () => {
        assert.equal(redact(rule, before + token), before + MASK);
      });
    }

    for (const before of IN_WORDS) {
      it(`leaves ${token} behind ${JSON.stringify(before)}`, () => {
        assert.equal(redact(rule, before + token), before + token);
      });
    }
  }

  for (const text of LEFT) {
    it(`leaves ${text}`, () => {
      for (const [rule] of TOKENS) assert.equal(redact(rule, `${text} x`), `${text} x`);
    });
  }
});

function redact(rule: string, text: string): string {
  return (
    shapeRules(new Set([rule]))
      .open('a.txt', () => undefined)
      ?.redact(text) ?? ''
  );
}
