import assert from 'node:assert/strict';

import { chooseEngine, type Engines } from '../../agent/run/engine.ts';
import { mergedSpec } from '../support/spec.ts';

describe('run/engine', () => {
  for (const [setting, { isRedacted, lacks, hasProgram }, name] of [
    ['native', { isRedacted: false, lacks: ['ceph'], hasProgram: true }, 'native'],
    ['cli', { isRedacted: true, lacks: [], hasProgram: false }, 'cli'],
    ['auto', { isRedacted: true, lacks: [], hasProgram: true }, 'native'],
    ['auto', { isRedacted: true, lacks: ['ceph'], hasProgram: true }, 'cli'],
    ['auto', { isRedacted: true, lacks: ['ceph'], hasProgram: false }, 'native'],
    ['auto', { isRedacted: false, lacks: [], hasProgram: true }, 'cli'],
    ['auto', { isRedacted: false, lacks: [], hasProgram: false }, 'cli'],
  ] as const) {
    it(`takes ${name} for ${setting}, ${JSON.stringify({ isRedacted, lacks, hasProgram })}`, async () => {
      const engines: Engines = {
        native: { name: 'native', collect: nothing, lacks: () => lacks, isRedacted },
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
