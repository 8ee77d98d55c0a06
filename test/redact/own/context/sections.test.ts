/** Secrets on the lines below what says so. */

import assert from 'node:assert/strict';

import { itHides, itLeaves, redact } from './redacted.ts';

describe('redact/own/context/sections', () => {
  itHides([
    'Data\n====\npassword:\n----\n§\n\nuser:\n----\nbob\n\n',
    [
      'DB_PASSWORD:\r\n----\r\nletmein\r\ntwo words\r\n\r\nb\r\n',
      'DB_PASSWORD:\r\n----\r\n§\r\n§\r\n\r\nb\r\n',
    ],
    'db.token:\n----\n§\n\napi-key:\n----\n§\n',
    '{"a":"Data\\n====\\npassword:\\n----\\n§\\n\\nuser:\\n----\\nbob\\n"}\n',
    '{"a":"token:\\n----\\n§"}\n',
    '{"a":"#cloud-config\\nchpasswd:\\n  list: |\\n    root:§\\n    bob:§\\nx: y\\n"}\n',
  ]);

  itLeaves([
    'password:\n-----\nb1c2\n\nuser:\n----\nb1c2\n\n',
    'password:\n\n----\nb1c2\n',
    'the password:\n----\nb1c2\n',
    'password:\n----\n\nb1c2\n',
    'list: |\n  root:b1c2\n',
    'chpasswd:\nlist: |\n  root:b1c2\n',
    '{"a":"user:\\n----\\nb1c2\\n","b":"password:\\n"}\n',
  ]);

  for (const text of [
    '#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:§\n    bob:§\n\nusers:\n  - bob:b1\n',
    'x:\n  chpasswd:\n    list: |\n      root:§\r\n      bob:§\n    expire: false\ny: z\n',
  ]) {
    it(`hides what is secret, at the least, in ${JSON.stringify(text)}`, () => {
      const redacted = redact(text.replaceAll('§', 'hunter2-Zq81xk'));

      assert.ok(!redacted.includes('hunter2'));
      assert.equal(redacted.split('\n').at(-2), text.split('\n').at(-2));
      assert.equal(redact(redacted), redacted);
    });
  }
});
