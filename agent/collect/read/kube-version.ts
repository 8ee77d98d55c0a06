/** Kubernetes' order of API versions: v2, v1, v1beta2, v1beta1, v1alpha1, then what has another form. */

const FORM = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** General availability before beta before alpha. */
const STAGES = ['alpha', 'beta', ''];

/**
 * The highest of the versions, served or not; an empty text where there is none.
 * Source: CompareKubeAwareVersionStrings in k8s.io/apimachinery v0.36.3, pkg/version/helpers.go.
 */
export function highestVersion(versions: readonly string[]): string {
  return versions.toSorted(compareVersions)[0] ?? '';
}

/** Negative where the left one is higher. */
function compareVersions(left: string, right: string): number {
  const [leftRank, rightRank] = [rankOf(left), rankOf(right)];
  if (leftRank === undefined && rightRank === undefined) return left < right ? -1 : 1;
  if (leftRank === undefined || rightRank === undefined) return leftRank === undefined ? 1 : -1;
  const differences = rightRank.map((part, index) => part - (leftRank[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** Stage, major and minor number. */
function rankOf(version: string): readonly number[] | undefined {
  const [, major, stage = '', minor = '0'] = FORM.exec(version) ?? [];
  return major === undefined ? undefined : [STAGES.indexOf(stage), Number(major), Number(minor)];
}
