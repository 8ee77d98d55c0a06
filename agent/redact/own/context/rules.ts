/** Our own rules that know a secret by what stands around it. */

import type { OnHidden, RuleSet, TextRedactor } from '../../rules.ts';
import { LAST_APPLIED_SECRET, secretStage } from '../secrets/secret-objects.ts';
import { ANY_ARGUMENT_SECRET } from './commands/any-arguments.ts';
import { COMMAND_SECRET } from './commands/commands.ts';
import { JAAS_SECRET } from './commands/jaas.ts';
import type { ContextRule } from './context-rule.ts';
import { isEarlyValue } from './continued.ts';
import { CREDENTIAL_FILE } from './credential-files.ts';
import { DIRECTIVE_SECRET } from './directives.ts';
import { DOCKER_CONFIG } from './fields/docker-config.ts';
import { KUBECONFIG } from './fields/kubeconfig.ts';
import { NAMED_SECRET } from './fields/named-secret.ts';
import { AUTHORIZATION_HEADER } from './headers/authorization.ts';
import { COOKIE_HEADER } from './headers/cookies.ts';
import { lineStage } from './line-stage.ts';
import { SECTION_SECRET } from './sections.ts';
import { ALIGNED_TABLE_SECRET } from './tables/aligned-tables.ts';
import { SQL_SECRET } from './tables/sql.ts';
import { TABLE_SECRET } from './tables/tables.ts';
import { URL_CREDENTIALS } from './url-credentials.ts';
import { USER_FIELD } from './user-fields.ts';

/** In the order in which they look at a line. */
const LINE_RULES: readonly ContextRule[] = [
  URL_CREDENTIALS,
  AUTHORIZATION_HEADER,
  COOKIE_HEADER,
  DOCKER_CONFIG,
  NAMED_SECRET,
  // Behind it: `password` and `token` stand in many files that are no kubeconfig.
  KUBECONFIG,
  COMMAND_SECRET,
  ANY_ARGUMENT_SECRET,
  CREDENTIAL_FILE,
  USER_FIELD,
  JAAS_SECRET,
  SECTION_SECRET,
  DIRECTIVE_SECRET,
  SQL_SECRET,
  TABLE_SECRET,
  ALIGNED_TABLE_SECRET,
];

/** @param names Of the rules that work, as in `RULES_ON`; those of other sets are passed over. */
export function contextRules(names: ReadonlySet<string>): RuleSet {
  const rules = LINE_RULES.filter(({ name }) => names.has(name));
  const stages = [
    ...(rules.length > 0 ? [lineStage(rules)] : []),
    // Behind the others: to it, what they hid is no sign that something is no Secret.
    ...(names.has(LAST_APPLIED_SECRET) ? [secretStage] : []),
  ];
  return {
    endsOpen: isEarlyValue,
    open(_path: string, onHidden: OnHidden): TextRedactor | undefined {
      if (stages.length === 0) return undefined;
      const redactors = stages.map((stage) => stage(onHidden));
      return {
        redact: (lines) =>
          redactors.reduce((text, one) => (text === '' ? text : one.redact(text)), lines),
      };
    },
  };
}
