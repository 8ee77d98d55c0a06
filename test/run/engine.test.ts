import assert from 'node:assert/strict';

import { chooseEngine, type Engines } from '../../agent/run/engine.ts';
import { mergedSpec } from '../support/spec.ts';

describe('run/engine', () => {
  for (const [setting, { lacks, hasProgram }, name] of [
    ['native', { lacks: ['ceph'], hasProgram: true }, 'native'],
    ['cli', { lacks: [], hasProgram: false }, 'cli'],
    ['auto', { lacks: [], hasProgram: true }, 'native'],
    ['auto', { lacks: ['ceph'], hasProgram: true }, 'cli'],
    ['auto', { lacks: ['ceph'], hasProgram: false }, 'native'],
  ] as const) {
    it(`takes ${name} for ${setting}, ${JSON.stringify({ lacks, hasProgram })}`, async () => {
      const engines: Engines = {
        native: { name: 'native', collect: nothing, lacks: () => lacks },
        cli: { name: 'cli', collect: nothing },
        hasProgram: async () => hasProgram,
      };

      assert.equal((await chooseEngine(setting, mergedSpec(), engines)).name, name);
    });
  }
});

async function* nothing(): AsyncGenerator<never> {
  yield* [];
}
