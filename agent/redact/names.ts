/** The names of our own rules, as settings, reports and the manifest have them. */

/** On unless REDACT_DISABLE names them. */
export const RULES_ON = [
  'pem-private-key',
  'jwt',
  'aws-key',
  'gcp-key',
  'azure-key',
  'github-token',
  'gitlab-token',
  'slack-token',
  'stripe-key',
  'npm-token',
  'vendor-token',
  'authorization-header',
  'cookie-header',
  'url-credentials',
  'kubeconfig',
  'docker-config',
  'secret-data',
  'base64-secret',
  'named-secret',
] as const;

/** As what the manifest counts lines that are cut, being longer than `MAX_LINE_BYTES`. No rule does that, so no setting names it. */
export const LONG_LINE = 'long-line';

/** Off unless REDACT_ENABLE names them: support engineers need what they hide. */
export const RULES_OFF = ['ip-address', 'host-name', 'email'] as const;
