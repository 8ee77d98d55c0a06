/** Credentials of a kubeconfig. Source: Kubernetes, client-go, tools/clientcmd/api/v1/types.go. */

import type { ContextRule } from '../context-rule.ts';
import { mayBeSecret } from '../secret-names.ts';
import { fieldFinder } from './fields.ts';

const WORDS = [
  'client-key-data',
  'client-certificate-data',
  'id-token',
  'refresh-token',
  'access-token',
  'token',
  'password',
].join('|');

export const KUBECONFIG: ContextRule = {
  name: 'kubeconfig',
  needed: 'client-(?:key|certificate)-data|token|password',
  seeds: ['key', 'ate-d', 'ken', 'pass'],
  find: fieldFinder({
    words: WORDS,
    match: 'whole',
    forms: 'fields',
    isValue: (value, name) => mayBeSecret(name, value),
  }),
};
