/** Running the program: what it is given, how it is stopped, and what each of its endings means. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Collected } from '../../agent/bundle.ts';
import {
  type CliOptions,
  collectWithCli,
  readCliVersion,
} from '../../agent/support-bundle-cli/support-bundle-cli.ts';
import { tarGzipOf, temporaryFolder } from '../support/bundles.ts';
import { appeared, cliOptions, collector, ended, specOf, writeProgram } from '../support/cli.ts';
import { never } from '../support/signal.ts';

const SPEC = specOf([collector('clusterInfo', 'cluster-info')]);

describe('support-bundle-cli/support-bundle-cli', () => {
  const root = temporaryFolder();
  let folder: string;
  let workDir: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(root(), 'test-'));
    workDir = join(folder, 'work');
    mkdirSync(workDir);
    const archive = await tarGzipOf([
      { name: 'top/version.yaml', body: 'x' },
      { name: 'top/cluster-info/cluster_version.json', body: '{}' },
    ]);
    writeFileSync(join(folder, 'archive'), archive);
  });

  it('gives the entries of the archive and how each collector ended, and removes its work', async () => {
    const all = await collect(succeed());

    assert.deepEqual(
      all.map((one) => (one.kind === 'collector' ? `${one.name} ${one.outcome}` : one.path)),
      ['version.yaml', 'cluster-info/cluster_version.json', 'cluster-info ok'],
    );
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('hands the program our spec file and nothing to load or update by itself', async () => {
    await collect(`echo "$@" > ${folder}/args; cp "$1" ${folder}/spec; ${succeed()}`, {
      specText: 'kind: SupportBundle # {{ }}\n',
    });

    const args = readFileSync(join(folder, 'args'), 'utf8').trim().split(' ').slice(1);
    assert.deepEqual(args.slice(0, -1), [
      '--no-uri',
      '--load-cluster-specs=false',
      '--interactive=false',
      '--auto-update=false',
    ]);
    assert.match(
      String(args.at(-1)),
      /^--output=.*\/support-bundle-\d{4}-\d\d-\d\dT\d\d_\d\d_\d\d$/,
    );
    assert.equal(readFileSync(join(folder, 'spec'), 'utf8'), 'kind: SupportBundle # {{ }}\n');
  });

  it('gives it folders of its own, and little else of the environment', async () => {
    const script = `env > ${folder}/env; test -d "$HOME" && test -d "$TMPDIR" && ${succeed()}`;
    await collect(script, {
      environment: { PATH: process.env['PATH'], UPLOAD_URL: 'https://secret.example.com' },
    });

    const environment = readFileSync(join(folder, 'env'), 'utf8');
    assert.match(environment, new RegExp(`^HOME=${workDir}/`, 'm'));
    assert.doesNotMatch(environment, /UPLOAD|secret/);
  });

  it('passes on nothing of a program that fails, even with an archive, and says why', async () => {
    const collecting = collect(
      `${succeed()}; echo 'Error: first' >&2; echo 'Error: cannot reach https://a:b@host/' >&2; exit 2`,
    );

    await assert.rejects(collecting, {
      code: 'CLI_FAILED',
      message: 'support-bundle failed with exit code 2: cannot reach https://***HIDDEN***@host/',
    });
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('gives the end of what the program says, however much that is', async () => {
    const script = 'head -c 200000 /dev/zero | tr "\\0" "x" >&2; echo ": é: refused" >&2; exit 1';

    await assert.rejects(collect(script), (error: Error) => {
      assert.match(error.message, /^support-bundle failed with exit code 1: …x+: é: refused$/);
      return Buffer.byteLength(error.message) <= 300;
    });
  });

  it('says so when the program says nothing', async () => {
    await assert.rejects(collect('exit 1'), {
      message: 'support-bundle failed with exit code 1: it said nothing',
    });
  });

  it('passes on nothing of a program that a signal ended', async () => {
    await assert.rejects(collect(`${succeed()}; kill -9 $$`), {
      code: 'CLI_FAILED',
      message: /^support-bundle was ended by SIGKILL/,
    });
  });

  it('says which program is not there', async () => {
    await assert.rejects(collectAll({ program: 'no-such-program' }), {
      code: 'CLI_MISSING',
      message: 'SUPPORT_BUNDLE_CLI no-such-program cannot be started: there is no such program',
    });
  });

  it('says which program may not be run', async () => {
    const program = join(folder, 'not-executable');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o644 });

    await assert.rejects(collectAll({ program }), { code: 'CLI_MISSING', message: /EACCES/ });
  });

  it('refuses a success without an archive', async () => {
    await assert.rejects(collect('exit 0'), { code: 'CLI_OUTPUT_INVALID' });
  });

  it('refuses an archive that is cut off', async () => {
    await assert.rejects(collect(`head -c 100 ${folder}/archive > "$output.tar.gz"`), {
      code: 'CLI_OUTPUT_INVALID',
    });
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('kills a program whose work grows too large', async () => {
    const script = `echo $$ > ${folder}/pid; head -c 200000 /dev/zero > "$TMPDIR/big"; exec sleep 60`;

    await assert.rejects(collect(script, { maxWorkBytes: 100_000 }), {
      code: 'RUN_TOO_LARGE',
      message: /100000 bytes/,
    });
    await ended(readFileSync(join(folder, 'pid'), 'utf8').trim());
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('kills the program and all it started when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('time is up');
    const collecting = collect(
      `sleep 60 & echo $! > ${folder}/started; echo $$ > ${folder}/pid; wait`,
      {},
      controller.signal,
    );
    const processIds = [
      await appeared(join(folder, 'pid')),
      await appeared(join(folder, 'started')),
    ];
    controller.abort(reason);

    await assert.rejects(collecting, (error) => error === reason);
    await Promise.all(processIds.map(ended));
    assert.deepEqual(readdirSync(workDir), []);
  });

  it('starts nothing when the signal has aborted already', async () => {
    const reason = new Error('time is up');
    const collecting = collect(`touch ${folder}/started`, {}, AbortSignal.abort(reason));

    await assert.rejects(collecting, (error) => error === reason);
    assert.equal(readdirSync(folder).includes('started'), false);
  });

  it('ends what the program left running', async () => {
    await collect(`sleep 60 & echo $! > ${folder}/started; ${succeed()}`);

    await ended(readFileSync(join(folder, 'started'), 'utf8').trim());
  });

  for (const [ownGroup, what] of [
    [true, 'leads a process group of its own'],
    [false, "stays in this process's group, which its parent kills whole"],
  ] as const) {
    it(`starts a program that ${what}, with ownGroup ${ownGroup}`, async () => {
      await collect(
        `cut -d' ' -f5 /proc/$$/stat > ${folder}/group; echo $$ > ${folder}/pid; ${succeed()}`,
        {
          ownGroup,
        },
      );

      const [group, processId] = ['group', 'pid'].map((name) =>
        readFileSync(join(folder, name), 'utf8').trim(),
      );
      const ours = readFileSync('/proc/self/stat', 'utf8').split(' ')[4];
      assert.equal(group, ownGroup ? processId : ours);
    });
  }

  it('kills a program in its own group too', async () => {
    const controller = new AbortController();
    const collecting = collect(
      `echo $$ > ${folder}/pid; exec sleep 60`,
      { ownGroup: false },
      controller.signal,
    );
    const processId = await appeared(join(folder, 'pid'));
    controller.abort(new Error('time is up'));

    await assert.rejects(collecting);
    await ended(processId);
  });

  it('removes its work when its reader stops early', async () => {
    for await (const one of collectWithCli(SPEC, optionsFor(succeed()), never())) {
      assert.equal(one.kind, 'file');
      break;
    }

    assert.deepEqual(readdirSync(workDir), []);
  });

  it('reads the version', async () => {
    const program = writeProgram(folder, 'echo "Replicated Troubleshoot v0.133.0"');

    assert.equal(await readVersion(program), 'v0.133.0');
  });

  it('does without a version that it cannot read', async () => {
    assert.equal(await readVersion('no-such-program'), undefined);
    assert.equal(await readVersion(writeProgram(folder, 'echo unknown; exit 1')), undefined);
    assert.equal(await readVersion(writeProgram(folder, 'echo unknown')), undefined);
  });

  function succeed(): string {
    return `cp ${folder}/archive "$output.tar.gz"`;
  }

  function optionsFor(script: string, overrides: Partial<CliOptions> = {}): CliOptions {
    return cliOptions({ program: writeProgram(folder, script), workDir, ...overrides });
  }

  function collect(
    script: string,
    overrides: Partial<CliOptions> = {},
    signal = never(),
  ): Promise<Collected[]> {
    return collectAll(optionsFor(script, overrides), signal);
  }

  async function collectAll(
    overrides: Partial<CliOptions> & Pick<CliOptions, 'program'>,
    signal = never(),
  ): Promise<Collected[]> {
    const all: Collected[] = [];
    const options = cliOptions({ workDir, ...overrides });
    for await (const one of collectWithCli(SPEC, options, signal)) all.push(one);
    return all;
  }
});

function readVersion(program: string): Promise<string | undefined> {
  return readCliVersion({ program, environment: { PATH: process.env['PATH'] } }, never());
}
