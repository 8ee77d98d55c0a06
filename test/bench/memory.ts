/** How much memory processes take, as the kernel counts it in /proc. */

import { readdirSync, readFileSync } from 'node:fs';

/** Between two looks at /proc. The kernel keeps a process's own peak (VmHWM), so that none is missed. */
const POLL_MS = 20;

export interface ProcessMemory {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly residentBytes: number;
  /** The most it ever had since it became this program. */
  readonly peakBytes: number;
}

/** Undefined: there is no such process, or it has ended and is only not yet collected. */
export function readMemory(pid: number): ProcessMemory | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended before the look at it.
    return undefined;
  }
  const numberOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const residentBytes = numberOf('VmRSS') * 1024;
  if (residentBytes === 0) return undefined;
  return {
    pid,
    parentPid: numberOf('PPid'),
    groupId: numberOf('NSpgid'),
    residentBytes,
    peakBytes: numberOf('VmHWM') * 1024,
  };
}

export interface Peaks {
  /** Of the largest leader alone. */
  readonly leaderBytes: number;
  /** Of the leaders and all that is in their process groups, at one moment. */
  readonly groupBytes: number;
  /** Of the largest process in the groups. */
  readonly memberBytes: number;
}

/** Picks the leaders of the process groups to watch. */
export type FindLeaders = (all: readonly ProcessMemory[]) => readonly number[];

/** A process group by its leader, which may start others. */
export function groupOf(pid: number): FindLeaders {
  return () => [pid];
}

/** The groups of those children that lead one, whenever they come up. */
export function groupsOfChildrenOf(parentPid: number): FindLeaders {
  return (all) =>
    all
      .filter((one) => one.parentPid === parentPid && one.groupId === one.pid)
      .map(({ pid }) => pid);
}

/**
 * Watches until `end` is called, which gives what there was.
 *
 * @param read Among which processes to look. To look at all takes a part of a core, which what is measured then lacks.
 */
export function watchPeaks(
  findLeaders: FindLeaders,
  read: () => readonly ProcessMemory[] = readAll,
): { readonly end: () => Peaks } {
  let leaderBytes = 0;
  let groupBytes = 0;
  let memberBytes = 0;
  const look = (): void => {
    const all = read();
    const leaders = new Set(findLeaders(all));
    const watched = all.filter(({ groupId }) => leaders.has(groupId));
    for (const { pid, peakBytes } of watched) {
      memberBytes = Math.max(memberBytes, peakBytes);
      if (leaders.has(pid)) leaderBytes = Math.max(leaderBytes, peakBytes);
    }
    const sum = watched.reduce((total, { residentBytes }) => total + residentBytes, 0);
    groupBytes = Math.max(groupBytes, sum);
  };
  const timer = setInterval(look, POLL_MS);
  return {
    end: () => {
      look();
      clearInterval(timer);
      return { leaderBytes, groupBytes, memberBytes };
    },
  };
}

function readAll(): readonly ProcessMemory[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readMemory(Number(name)) ?? []);
}

/** The process and what it and its children have started. */
export function readTree(pid: number): readonly ProcessMemory[] {
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    // It ended before the look at it.
    return [];
  }
  const pids = children.split(' ').filter((text) => text !== '');
  return [readMemory(pid) ?? [], ...pids.map((child) => readTree(Number(child)))].flat();
}
