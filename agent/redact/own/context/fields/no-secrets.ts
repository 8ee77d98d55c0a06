/** Values that are no secrets behind some names: what programs say of a token, and names of Secrets. */

import { isWords } from '../env-names.ts';

interface NoSecret {
  readonly name: RegExp;
  readonly value: RegExp;
}

const NO_SECRETS: readonly NoSecret[] = [
  // A parser's, and what became of one of ours.
  { name: /token$/i, value: /^[^A-Za-z0-9\s]{1,3}$|^(?:first|third)-party-jwt$/ },
  {
    name: /(?:token|secret|pass(?:word|wd|phrase))$/i,
    value: /^(?:expired|invalid|missing|required|revoked|valid|unknown|present|absent|provided)$/i,
  },
  // MySQL: `(using password: YES)`.
  { name: /pass(?:word|wd)$/i, value: /^(?:yes|no)$/i },
  // Names of Secrets, as charts have them.
  {
    name: /^(?:existing|tls|ca|cert|server|ingress|pull|imagePull|auth)?[Ss]ecret(?:Name)?$/,
    value: /^[a-z]{2,32}(?:-[a-z]{2,32}){1,6}$/,
  },
  // What `go test` prints.
  { name: /^PASS$/, value: /^(?:Test|Benchmark|Example|Fuzz)[A-Z_]\w{0,128}(?:\/\S*)?$/ },
  // nsswitch.conf.
  {
    name: /^passwd$/,
    value:
      /^(?:files|compat|db|sss|systemd|nis|nisplus|ldap|winbind|altfiles|dns|cache)(?: (?:[a-z]{2,12}|\[[^\]]{1,32}\])){0,8}$/,
  },
];

const RULE = /^(?:must|should|cannot|can|is|was|has|does|may) [a-z]/;

export function isNoSecret(name: string, value: string): boolean {
  if (RULE.test(value) && isWords(value)) return true;
  return NO_SECRETS.some((one) => one.value.test(value) && one.name.test(name));
}
