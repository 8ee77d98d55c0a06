/** Rules of Redactor documents: checked and compiled once, then opened for any number of files. */

import { AgentError } from '../../errors.ts';
import { ContentError } from '../content-error.ts';
import type { OnHidden, RuleSet, TextRedactor } from '../rules.ts';
import type { Expression } from './expression.ts';
import { type LineStages, lineStages } from './line-stages.ts';
import { type Problem, problemsMessage, readRedactor } from './redactor.ts';
import type { LineStage, Redactor, Stage, YamlStage } from './stages.ts';
import { maskYamlPath } from './yaml-path.ts';

/**
 * The custom rules, in the order of the documents; in one redactor its values, then its regular expressions, then its
 * YAML paths. Each sees what the one before has left. Source: troubleshoot v0.133.0, pkg/redact/redact.go,
 * buildAdditionalRedactors.
 *
 * @param redactors Entries of `spec.redactors` that `parseRedactor` has accepted.
 * @throws {AgentError} REDACTOR_INVALID: with every value, pattern, path and glob that cannot be used.
 */
export function compileRedactors(redactors: readonly Readonly<Record<string, unknown>>[]): RuleSet {
  const problems: Problem[] = [];
  const expressions = new Map<string, Expression>();
  const compiled = redactors.map((entry, index) =>
    readRedactor(entry, { index, problems, expressions }),
  );
  if (problems.length > 0) throw new AgentError('REDACTOR_INVALID', problemsMessage(problems));
  const rules = lineRules(compiled);
  return {
    reasonForWhole(path) {
      const stage = stagesFor(compiled, path).find(isYaml);
      return stage && reasonOf(stage);
    },
    open(path, onHidden) {
      const parts = partsOf(rules, stagesFor(compiled, path), onHidden);
      const [first] = parts;
      if (first === undefined) return undefined;
      return parts.length === 1 ? first : inTurn(parts);
    },
  };
}

interface Rules {
  readonly lines: LineStages;
  /** Index of each line stage among all of them. */
  readonly indexes: ReadonlyMap<Stage, number>;
}

function lineRules(redactors: readonly Redactor[]): Rules {
  const stages = redactors.flatMap((redactor) => redactor.stages.filter(isLine));
  return {
    lines: lineStages(stages),
    indexes: new Map(stages.map((stage, index) => [stage, index])),
  };
}

function stagesFor(redactors: readonly Redactor[], path: string): readonly Stage[] {
  return redactors.flatMap(({ isFor, stages }) => (isFor(path) ? stages : []));
}

/** Line stages that follow one another are one part, each YAML path is another. */
function partsOf(
  { lines, indexes }: Rules,
  stages: readonly Stage[],
  onHidden: OnHidden,
): TextRedactor[] {
  const parts: TextRedactor[] = [];
  let first = 0;
  while (first < stages.length) {
    const yaml = stages.findIndex((stage, index) => index >= first && isYaml(stage));
    const end = yaml < 0 ? stages.length : yaml;
    const active = new Uint8Array(indexes.size);
    for (const stage of stages.slice(first, end)) active[indexes.get(stage) ?? 0] = 1;
    if (end > first) parts.push(lines.open(active, onHidden));
    const found = stages[yaml];
    if (found !== undefined && isYaml(found)) parts.push(yamlPart(found, onHidden));
    first = end + 1;
  }
  return parts;
}

function yamlPart(stage: YamlStage, onHidden: OnHidden): TextRedactor {
  return {
    redact(text) {
      try {
        return maskYamlPath(text, stage.path, () => onHidden(stage.name));
      } catch (error) {
        // Too large, or nested too deeply: that is a matter of this file alone.
        if (!(error instanceof RangeError)) throw error;
        const wrong = `its YAML cannot be looked into: ${error.message}`;
        throw new ContentError(`${reasonOf(stage)}, and ${wrong}`, { cause: error });
      }
    },
  };
}

function reasonOf({ redactor }: YamlStage): string {
  return `redactor ${redactor} has a yamlPath for it`;
}

function inTurn(parts: readonly TextRedactor[]): TextRedactor {
  return { redact: (lines) => parts.reduce((text, part) => part.redact(text), lines) };
}

function isYaml(stage: Stage): stage is YamlStage {
  return stage.kind === 'yaml';
}

function isLine(stage: Stage): stage is LineStage {
  return stage.kind !== 'yaml';
}
