/** Credentials for registries. Source: docker/cli, cli/config/types/authconfig.go; Kubernetes, core/v1 Secret types. */

import type { ContextRule } from '../context-rule.ts';
import { fieldFinder } from './fields.ts';

const findWhole = fieldFinder({
  words: String.raw`\.dockerconfigjson|\.dockercfg|identitytoken|registrytoken`,
  match: 'whole',
  forms: 'fields',
});

/** `auth` alone may be a way to log in: in a config its value is `user:password` in base64. */
const findAuth = fieldFinder({
  words: 'auth',
  match: 'whole',
  forms: 'fields',
  isValue: isUserAndPassword,
});
const findAnyAuth = fieldFinder({ words: 'auth', match: 'whole', forms: 'fields' });

export const DOCKER_CONFIG: ContextRule = {
  name: 'docker-config',
  needed: String.raw`\.dockerc(?:fg|onfigjson)|(?:identity|registry)token|auth\\*["']?[ \t]*:`,
  seeds: ['kerc', String.raw`uth["'\\:]`, 'ken'],
  find(line) {
    const whole = findWhole(line);
    if (whole.edits.length > 0 || whole.pending !== undefined) return whole;
    return line.includes('"auths') ? findAnyAuth(line) : findAuth(line);
  },
};

function isUserAndPassword(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{4,8192}={0,2}$/.test(value)) return false;
  return /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(Buffer.from(value, 'base64').toString('latin1'));
}
