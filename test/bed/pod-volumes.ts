/** A pod's volumes as folders of this machine, and paths in its environment that lead there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { asRecord, type KubeClient } from './kube.ts';
import { readFiles } from './pod-environment.ts';

export interface VolumeOptions {
  readonly kube: KubeClient;
  readonly namespace: string;
  /** The pod's spec; of its containers the first counts. */
  readonly pod: Readonly<Record<string, unknown>>;
  readonly folder: string;
}

export interface MountedVolumes {
  /** The folder that stands for a path in the container. */
  folderOf(path: string): string;
  /** The variables, with those that are a path in a mounted volume leading to where it is here. */
  inPlace(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}

/** Makes the folders; what an emptyDir or a claim held before is left there. */
export async function mountVolumes(options: VolumeOptions): Promise<MountedVolumes> {
  const containers = recordsOf(options.pod['containers']);
  const volumes = new Map(
    recordsOf(options.pod['volumes']).map((volume) => [volume['name'], volume]),
  );
  const folders = new Map<string, string>();
  for (const { name, mountPath } of recordsOf(containers[0]?.['volumeMounts'])) {
    const folder = join(options.folder, 'volumes', String(name));
    await mkdir(folder, { recursive: true });
    await fill(folder, volumes.get(name) ?? {}, options);
    folders.set(String(mountPath), folder);
  }

  function locate(path: string): string {
    for (const [mountPath, folder] of folders) {
      if (path === mountPath || path.startsWith(`${mountPath}/`)) {
        return folder + path.slice(mountPath.length);
      }
    }
    return path;
  }
  return {
    folderOf: locate,
    inPlace: (variables) =>
      Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, locate(text)])),
  };
}

async function fill(
  folder: string,
  volume: Readonly<Record<string, unknown>>,
  { kube, namespace }: VolumeOptions,
): Promise<void> {
  if (volume['emptyDir'] !== undefined || volume['persistentVolumeClaim'] !== undefined) return;
  const kind = volume['secret'] === undefined ? 'ConfigMap' : 'Secret';
  const source = asRecord(volume['secret'] ?? volume['configMap']);
  const name = String(source['secretName'] ?? source['name']);
  const files = await readFiles(kube, { kind, namespace, name });
  if (files === undefined) throw new Error(`there is no ${kind} ${namespace}/${name} to mount`);
  const all = [...files.keys()].map((key): Record<string, unknown> => ({ key, path: key }));
  for (const { key, path } of source['items'] === undefined ? all : recordsOf(source['items'])) {
    const body = files.get(String(key));
    if (body === undefined) throw new Error(`${kind} ${namespace}/${name} has no ${String(key)}`);
    await writeFile(join(folder, String(path)), body);
  }
}

function recordsOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}
