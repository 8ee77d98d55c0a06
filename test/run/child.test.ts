/** The collecting child, played by small Node programs: its record, its crashes, its deadlines. */

import assert from 'node:assert/strict';

import { systemClock } from '../../agent/clock.ts';
import { type ChildOptions, runChild } from '../../agent/run/child.ts';
import { readGroupResidentBytes } from '../../agent/run/memory.ts';
import { never } from '../support/signal.ts';
import { storedRecord } from '../support/state.ts';

describe('run/child', () => {
  it('gives the record that the child prints', async () => {
    const record = storedRecord(1);
    const result = await runChild(
      playing(`console.log(${JSON.stringify(JSON.stringify(record))})`),
      never(),
    );

    assert.deepEqual(result, { kind: 'record', record });
  });

  for (const [name, script, wanted] of [
    ['exits without a record', 'process.exit(7)', /exit code 7/],
    ['prints something else', 'console.log("{}")', /exit code 0/],
    ['is killed', 'process.kill(process.pid, "SIGKILL")', /ended by SIGKILL/],
  ] as const) {
    it(`says so when the child ${name}`, async () => {
      const result = await runChild(playing(script), never());

      assert.equal(result.kind === 'failed' && result.error.code, 'RUN_CRASHED');
      assert.match(result.kind === 'failed' ? result.error.message : '', wanted);
    });
  }

  it('says so when there is no such program', async () => {
    const options = { ...playing(''), command: ['/nowhere/node'] as const };
    const result = await runChild(options, never());

    assert.equal(result.kind === 'failed' && result.error.code, 'RUN_CRASHED');
  });

  it('asks the child to end when the signal aborts', async () => {
    const record = JSON.stringify(JSON.stringify(storedRecord(1)));
    const stopping = new AbortController();
    const script = `process.on("SIGTERM", () => { console.log(${record}); process.exit(1); });
      process.stdin.resume(); process.stderr.write("");`;
    const running = runChild(playing(script), stopping.signal);
    setTimeout(() => stopping.abort(new Error('SIGTERM')), 500);

    assert.equal((await running).kind, 'record');
  });

  it('stops a child that comes too close to the memory limit', async () => {
    const script = 'const held = []; setInterval(() => held.push(Buffer.alloc(2 ** 24, 1)), 20)';
    const limitBytes = process.memoryUsage.rss() + 300 * 2 ** 20;
    const result = await runChild(playing(script, { memoryLimitBytes: limitBytes }), never());

    assert.equal(result.kind === 'failed' && result.error.code, 'RUN_OUT_OF_MEMORY');
  });

  it('kills what the child leaves behind in its group', async () => {
    const script = `const { spawn } = require("node:child_process");
      const left = spawn("sleep", ["60"], { stdio: "ignore" });
      console.error(""); left.unref(); process.exit(3)`;
    const before = await sleepers();
    await runChild(playing(script), never());
    await systemClock.sleep(100, never());

    assert.deepEqual(await sleepers(), before);
  });
});

describe('run/memory', () => {
  it('counts the processes of a group and of no other', async () => {
    assert.equal(await readGroupResidentBytes(2 ** 22 + 1), 0);
  });
});

function playing(script: string, changed: Partial<ChildOptions> = {}): ChildOptions {
  return {
    command: [process.execPath, '-e', script],
    environment: { PATH: process.env['PATH'] },
    runTimeoutMs: 60_000,
    memoryLimitBytes: undefined,
    clock: systemClock,
    ...changed,
  };
}

async function sleepers(): Promise<string[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    names.map(async (name) => {
      const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const state = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      return line === 'sleep\u000060\u0000' && !/\) Z /.test(state) ? name : '';
    }),
  );
  return lines.filter((name) => name !== '');
}
