/** The programs of the test bed: where each comes from and where it is once built. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Program {
  readonly name: string;
  /** Folder beside this file, with the go.mod and go.sum that pin everything. */
  readonly folder: string;
  /** The module whose version in go.mod is the program's; absent for a program of ours. */
  readonly module?: string;
  readonly package: string;
  /** Go variable that is to hold the version, as release builds set it. */
  readonly versionVariable?: string;
  readonly tags?: readonly string[];
  /** For the progress line: building alone on 2 cores with nothing cached. */
  readonly usualMinutes: number;
}

/** In the order in which they are built: what `make demo` needs comes first. */
export const PROGRAMS: readonly Program[] = [
  {
    name: 'etcd',
    folder: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    package: 'go.etcd.io/etcd/server/v3',
    usualMinutes: 1.5,
  },
  {
    name: 'kube-apiserver',
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    usualMinutes: 4,
  },
  {
    name: 'helm',
    folder: 'helm',
    module: 'helm.sh/helm/v4',
    package: 'helm.sh/helm/v4/cmd/helm',
    versionVariable: 'helm.sh/helm/v4/internal/version.version',
    usualMinutes: 2.5,
  },
  {
    name: 'support-bundle',
    folder: 'support-bundle',
    module: 'github.com/replicatedhq/troubleshoot',
    package: 'github.com/replicatedhq/troubleshoot/cmd/troubleshoot',
    versionVariable: 'github.com/replicatedhq/troubleshoot/pkg/version.version',
    // Those of troubleshoot's Makefile: without them it wants C libraries (gpgme, ostree, btrfs).
    tags: [
      'netgo',
      'containers_image_ostree_stub',
      'exclude_graphdriver_devicemapper',
      'exclude_graphdriver_btrfs',
      'containers_image_openpgp',
    ],
    usualMinutes: 3,
  },
  { name: 'kots-render', folder: 'kots-render', package: '.', usualMinutes: 0.5 },
  {
    name: 'helm3',
    folder: 'helm3',
    module: 'helm.sh/helm/v3',
    package: 'helm.sh/helm/v3/cmd/helm',
    versionVariable: 'helm.sh/helm/v3/internal/version.version',
    usualMinutes: 1,
  },
  {
    name: 'kubeconform',
    folder: 'kubeconform',
    module: 'github.com/yannh/kubeconform',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    versionVariable: 'main.version',
    usualMinutes: 0.5,
  },
  {
    name: 'minio',
    folder: 'minio',
    module: 'github.com/minio/minio',
    package: 'github.com/minio/minio',
    usualMinutes: 3,
  },
  {
    name: 'registry',
    folder: 'registry',
    module: 'github.com/distribution/distribution/v3',
    package: 'github.com/distribution/distribution/v3/cmd/registry',
    versionVariable: 'github.com/distribution/distribution/v3/version.version',
    usualMinutes: 1.5,
  },
  {
    name: 'kubectl',
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubectl',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    usualMinutes: 0.5,
  },
  {
    name: 'kubelet',
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kubelet',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    usualMinutes: 1.5,
  },
  {
    name: 'kube-controller-manager',
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    usualMinutes: 1,
  },
  {
    name: 'kube-scheduler',
    folder: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-scheduler',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    usualMinutes: 0.2,
  },
];

export const BIN_FOLDER = join(import.meta.dirname, 'bin');

/** Path of a built program. Throws, saying how to build it, when it is not there. */
export function programPath(name: string): string {
  const path = join(BIN_FOLDER, name);
  if (!existsSync(path)) {
    throw new Error(`${name} is not built: run "node test/bed/build.ts ${name}" (or "make bed")`);
  }
  return path;
}

/** The program's version as its go.mod pins it; undefined for a program of ours. */
export function programVersion(program: Program): string | undefined {
  if (program.module === undefined) return undefined;
  const goMod = readFileSync(join(import.meta.dirname, program.folder, 'go.mod'), 'utf8');
  const line = goMod
    .split('\n')
    .map((text) => text.replace(/^require/, '').trim())
    .find((text) => text.startsWith(`${program.module} v`));
  return line?.split(' ')[1];
}
