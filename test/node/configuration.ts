/** Configuration files of the node's programs. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SOCKET, STATE_FOLDER } from './clean-up.ts';
import { NODE_ADDRESS } from './network.ts';
import type { Pki } from './pki.ts';

export const PAUSE_IMAGE = 'localhost/pause:1';

export interface Configuration {
  readonly containerdFile: string;
  readonly kubeletFile: string;
}

export async function writeConfiguration(folder: string, pki: Pki): Promise<Configuration> {
  const cniFolder = join(folder, 'cni');
  await mkdir(cniFolder, { recursive: true });
  await mkdir(STATE_FOLDER, { recursive: true });
  const resolvFile = join(folder, 'resolv.conf');
  await writeFile(resolvFile, 'nameserver 10.96.0.10\n');
  await writeFile(join(cniFolder, '10-bridge.conflist'), JSON.stringify(NETWORK));
  const containerdFile = join(folder, 'containerd.toml');
  await writeFile(containerdFile, containerd(folder, cniFolder));
  const kubeletFile = join(folder, 'kubelet.json');
  await writeFile(kubeletFile, JSON.stringify(kubelet(folder, pki, resolvFile)));
  return { containerdFile, kubeletFile };
}

const NETWORK = {
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: `${STATE_FOLDER}/ipam`,
        ranges: [[{ subnet: '10.88.0.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
};

function containerd(folder: string, cniFolder: string): string {
  return `version = 2
root = "${join(folder, 'containerd')}"
state = "${STATE_FOLDER}/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "${SOCKET}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${join(folder, 'opt')}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  enable_unprivileged_ports = true
  # Without CAP_SYS_RESOURCE a lower score cannot be set, and every sandbox would fail.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "/usr/sbin/runc"
        Root = "${STATE_FOLDER}/runc"
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cniFolder}"
`;
}

function kubelet(folder: string, pki: Pki, resolvFile: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_ADDRESS,
    port: 10250,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    healthzPort: 10248,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki.caFile },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki.file('kubelet.crt'),
    tlsPrivateKeyFile: pki.file('kubelet.key'),
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: true,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    failCgroupV1: false,
    clusterDomain: 'cluster.local',
    clusterDNS: ['10.96.0.10'],
    resolvConf: resolvFile,
    podLogsDir: join(folder, 'pod-logs'),
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
      'imagefs.inodesFree': '0%',
    },
    nodeStatusUpdateFrequency: '5s',
    syncFrequency: '10s',
    maxPods: 60,
  };
}
