/** Tokens with a telling beginning: one row for each. */

import type { ShapeRule } from './line-shape.ts';

export interface TokenRow {
  readonly rule: ShapeRule;
  /** What it begins with: characters and classes only, see `seedOf`. */
  readonly begins: string;
  /** What to look for instead, if `begins` has less than four characters. */
  readonly seed?: string;
  /** How many characters of `seed` stand before `begins`. Default 0. */
  readonly seedLead?: number;
  /** What stands before `begins`: default `AFTER_WORD`. */
  readonly after?: string;
  /** What follows `begins` and stays, as `begins` then does too. Without it, `begins` is a part of the secret. */
  readonly keeps?: string;
  /** The rest, as short as it may be: all repetition in it is bounded. No asterisk matches, so that a mask is left. */
  readonly secret: string;
  /** The characters that may follow in any number, as between the brackets of a class. Default none. */
  readonly goesOn?: string;
  /** Where in `begins` the secret starts, or how far before it. Default 0. */
  readonly hidesFrom?: number;
}

/** Ends of escapes are no words: `\nAKIA…`, `%3DAKIA…`, `\u003dAKIA…`, and a terminal's colour, `[32mAKIA…`. */
export const ESCAPE_END = String.raw`\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\[[0-9;]{1,8}m`;
export const AFTER_WORD = String.raw`(?:^|[^A-Za-z0-9]|${ESCAPE_END})`;
/** For what may stand in base64 for URLs by chance. */
const AFTER_BASE64 = String.raw`(?:^|[^\w-]|${ESCAPE_END})`;
const AFTER_ANYTHING = '';

const QUOTE = String.raw`\\{0,8}"`;
const COLON = `${QUOTE}[ \\t]{0,4}:[ \\t]{0,4}${QUOTE}`;
const SLASH = String.raw`\\?/`;

const LETTERS = 'A-Za-z0-9';
const WORDS = String.raw`\w\-`;
const BASE64 = 'A-Za-z0-9+/=';

/** A token is added by a row here, and by an example of it in the test. */
export const TOKEN_ROWS: readonly TokenRow[] = [
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
  ...['AKIA', 'ASIA', 'AROA', 'AIDA', 'AGPA', 'ANPA', 'ABIA', 'ACCA'].map((begins) => ({
    rule: 'aws-key' as const,
    begins,
    secret: '[A-Z0-9]{16}(?![A-Za-z0-9])',
  })),

  {
    rule: 'gcp-key',
    begins: 'private_key_id',
    after: AFTER_ANYTHING,
    keeps: COLON,
    secret: String.raw`[A-Za-z0-9][\w-]{7}`,
    goesOn: WORDS,
  },
  {
    rule: 'gcp-key',
    begins: 'AIza',
    after: AFTER_BASE64,
    secret: String.raw`[\w-]{35}(?![\w+/-])`,
  },
  {
    rule: 'gcp-key',
    begins: String.raw`ya29\.`,
    secret: String.raw`(?:[a-z]{1,2}\.)?[\w-]{20}`,
    goesOn: WORDS,
  },
  {
    rule: 'gcp-key',
    begins: 'GOCSPX-',
    secret: String.raw`[\w-]{20}`,
    goesOn: WORDS,
  },

  ...['AccountKey=', 'SharedAccessKey='].map((begins) => ({
    rule: 'azure-key' as const,
    begins,
    after: AFTER_ANYTHING,
    keeps: '',
    secret: String.raw`(?:[A-Za-z0-9+/]|%2[BbFf]){20,512}(?:=|%3[Dd]){0,2}`,
  })),
  {
    rule: 'azure-key',
    begins: 'sig=',
    keeps: '',
    secret: String.raw`(?:[\w+/-]|%2[BbFf]){40,512}(?:=|%3[Dd]){0,2}`,
  },
  {
    // Entra's client secrets: https://learn.microsoft.com/purview/sit-defn-azure-ad-client-secret
    rule: 'azure-key',
    begins: '[78]Q~',
    seed: String.raw`[78]Q~[\w~.\-]`,
    after: String.raw`${AFTER_WORD}[\w~.-]{3}`,
    hidesFrom: -3,
    secret: String.raw`[\w~.-]{31,34}`,
  },

  // https://github.blog/engineering/behind-githubs-new-authentication-token-formats
  { rule: 'github-token', begins: 'gh[opusr]_', secret: '[A-Za-z0-9]{36}', goesOn: LETTERS },
  {
    rule: 'github-token',
    begins: 'github_pat_',
    after: AFTER_ANYTHING,
    secret: String.raw`\w{22}`,
    goesOn: String.raw`\w`,
  },

  // https://docs.gitlab.com/security/tokens/#token-prefixes
  ...['pat', 'dt', 'rt', 'cbt', 'ptt', 'ft', 'soat', 'imt', 'agent', 'oas', 'ffct'].map((kind) => ({
    rule: 'gitlab-token' as const,
    begins: `gl${kind}-`,
    after: AFTER_ANYTHING,
    secret: String.raw`[\w-]{20}`,
    goesOn: WORDS,
  })),

  // https://api.slack.com/concepts/token-types
  ...['xox[abeoprs]-', 'xapp-'].map((begins) => ({
    rule: 'slack-token' as const,
    begins,
    after: AFTER_ANYTHING,
    secret: String.raw`[\w-]{10}`,
    goesOn: WORDS,
  })),
  {
    rule: 'slack-token',
    begins: String.raw`hooks\.slack\.com`,
    after: AFTER_ANYTHING,
    keeps: `${SLASH}(?:services|workflows|triggers)${SLASH}`,
    secret: String.raw`\w{8,32}(?:${SLASH}\w{8,32}){2,4}`,
    goesOn: String.raw`\w`,
  },

  ...['[rs]k_live_', '[rs]k_test_'].map((begins) => ({
    rule: 'stripe-key' as const,
    begins,
    secret: '[A-Za-z0-9]{16}',
    goesOn: LETTERS,
  })),
  { rule: 'stripe-key', begins: 'whsec_', secret: '[A-Za-z0-9+/]{24}', goesOn: BASE64 },

  { rule: 'npm-token', begins: 'npm_', secret: '[A-Za-z0-9]{36}', goesOn: LETTERS },
  {
    rule: 'npm-token',
    begins: '_authToken',
    after: AFTER_ANYTHING,
    keeps: String.raw`[ \t]{0,4}=[ \t]{0,4}\\{0,4}["']?`,
    secret: String.raw`\w[\w+/=.~-]{7}`,
    goesOn: String.raw`\w+/=.~\-`,
  },

  {
    // OpenAI's, and those of others who took over the form.
    rule: 'vendor-token',
    begins: 'sk-',
    seed: 'sk-[A-Za-z0-9]',
    secret: String.raw`(?:(?:proj|ant|svcacct|admin|or|lf)-[\w-]{20}|[A-Za-z0-9]{32})`,
    goesOn: WORDS,
  },
  {
    // SendGrid
    rule: 'vendor-token',
    begins: String.raw`SG\.`,
    seed: String.raw`SG\.[\w\-]`,
    secret: String.raw`[\w-]{16,64}\.[\w-]{16}`,
    goesOn: WORDS,
  },
  // DigitalOcean
  { rule: 'vendor-token', begins: 'do[opr]_v1_', secret: '[a-f0-9]{32}', goesOn: 'a-f0-9' },
  // HashiCorp Vault
  {
    rule: 'vendor-token',
    begins: String.raw`hv[bsr]\.`,
    secret: String.raw`[\w-]{24}`,
    goesOn: WORDS,
  },
  // https://age-encryption.org
  { rule: 'vendor-token', begins: 'AGE-SECRET-KEY-1', secret: '[A-Z0-9]{50}', goesOn: 'A-Z0-9' },
  // Docker Hub
  {
    rule: 'vendor-token',
    begins: 'dckr_[op]at_',
    secret: String.raw`[\w-]{24}`,
    goesOn: WORDS,
  },
  // PyPI: each of these macaroons begins so.
  { rule: 'vendor-token', begins: 'pypi-AgE', secret: String.raw`[\w-]{50}`, goesOn: WORDS },
  // Shopify
  {
    rule: 'vendor-token',
    begins: 'shp[acps][apst]_',
    secret: '[a-fA-F0-9]{32}',
    goesOn: 'a-fA-F0-9',
  },
  // Grafana
  {
    rule: 'vendor-token',
    begins: 'glsa_',
    secret: String.raw`\w{32}`,
    goesOn: String.raw`\w`,
  },
  { rule: 'vendor-token', begins: 'glc_', secret: '[A-Za-z0-9+/]{32}', goesOn: BASE64 },
  {
    // Databricks
    rule: 'vendor-token',
    begins: 'dapi',
    seed: 'dapi[0-9a-f]',
    secret: '[0-9a-f]{32}(?![A-Za-z0-9])',
  },
  // Linear
  { rule: 'vendor-token', begins: 'lin_api_', secret: '[A-Za-z0-9]{32}', goesOn: LETTERS },
  // Sentry
  {
    rule: 'vendor-token',
    begins: 'sntry[su]_',
    secret: String.raw`[\w+/-]{40}`,
    goesOn: String.raw`\w+/=\-`,
  },
  // Heroku
  { rule: 'vendor-token', begins: 'HRKU-', secret: String.raw`[\w-]{36}`, goesOn: WORDS },
  {
    // Telegram: the part before the colon is the bot's number, which stays.
    rule: 'vendor-token',
    begins: ':AA',
    seed: '[0-9]:AA',
    seedLead: 1,
    after: '(?<![0-9])[0-9]{8,10}',
    hidesFrom: 1,
    secret: String.raw`[\w-]{33}(?![\w-])`,
  },
  {
    // Discord
    rule: 'vendor-token',
    begins: 'discord',
    after: AFTER_ANYTHING,
    keeps: String.raw`(?:app)?\.com${SLASH}api${SLASH}(?:v[0-9]{1,3}${SLASH})?webhooks${SLASH}[0-9]{16,21}${SLASH}`,
    secret: String.raw`[\w-]{60}`,
    goesOn: WORDS,
  },
];
