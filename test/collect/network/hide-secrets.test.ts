import assert from 'node:assert/strict';

import { hideSecrets } from '../../../agent/collect/network/hide-secrets.ts';

describe('collect/network/hide-secrets', () => {
  it('hides every secret wherever it stands', () => {
    assert.equal(hideSecrets('a.b a+b a.b', ['a.b', '']), '***HIDDEN*** a+b ***HIDDEN***');
  });

  it('leaves nothing of a secret that holds another', () => {
    assert.equal(hideSecrets('pass-word', ['pass', 'pass-word']), '***HIDDEN***');
  });
});
