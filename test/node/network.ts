/** The node's network: a namespace of its own, joined to this machine by a pair of virtual interfaces, with no way out. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const NAMESPACE = 'csb-node';
/** Where the node and its API server listen. */
export const NODE_ADDRESS = '10.77.0.1';
/** Where a server of a test listens that pods reach. */
const OUTSIDE_ADDRESS = '10.77.0.254';
const OUTSIDE_LINK = 'csb-node-out';
const INSIDE_LINK = 'csb-node-in';

/** Arguments that run a command in it. Not `ip netns exec`: that mounts /sys anew and hides the cgroups. */
export const ENTER = ['nsenter', `--net=/run/netns/${NAMESPACE}`] as const;

export async function makeNetwork(): Promise<void> {
  await removeNetwork();
  await run('ip', ['netns', 'add', NAMESPACE]);
  await run('ip', [
    'link',
    'add',
    OUTSIDE_LINK,
    'type',
    'veth',
    'peer',
    'name',
    INSIDE_LINK,
    'netns',
    NAMESPACE,
  ]);
  await run('ip', ['addr', 'add', `${OUTSIDE_ADDRESS}/24`, 'dev', OUTSIDE_LINK]);
  await run('ip', ['link', 'set', OUTSIDE_LINK, 'up']);
  for (const command of [
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'addr', 'add', `${NODE_ADDRESS}/24`, 'dev', INSIDE_LINK],
    ['ip', 'link', 'set', INSIDE_LINK, 'up'],
    // Without a route the address of a service cannot be asked for, whatever would become of it.
    ['ip', 'route', 'add', '10.96.0.0/16', 'dev', INSIDE_LINK],
    ['sysctl', '-qw', 'net.ipv4.ip_forward=1'],
  ]) {
    const [program, ...rest] = [...ENTER, ...command];
    await run(program ?? '', rest);
  }
}

/** Also what a killed run has left. */
export async function removeNetwork(): Promise<void> {
  await run('ip', ['link', 'del', OUTSIDE_LINK]).catch(ignore);
  await run('ip', ['netns', 'del', NAMESPACE]).catch(ignore);
}

function ignore(): void {
  // It is not there.
}
