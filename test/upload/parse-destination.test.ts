/** Tests of upload/parse-destination. */

import assert from 'node:assert/strict';

import { parseDestination } from '../../agent/upload/parse-destination.ts';

describe('upload/parse-destination', () => {
  for (const text of [undefined, '', '  ', '<nil>', '0', 'null', ' <nil> ']) {
    it(`takes ${JSON.stringify(text)} for unset`, () => {
      assert.equal(parseDestination(text), undefined);
    });
  }

  it('keeps the URL whole and names it by origin and path', () => {
    assert.deepEqual(parseDestination(' https://user:word@bundles.example.com:8443/in?sig=abc '), {
      url: 'https://user:word@bundles.example.com:8443/in?sig=abc',
      name: 'https://bundles.example.com:8443/in',
      isPlain: false,
    });
  });

  it('says that http is not encrypted', () => {
    assert.equal(parseDestination('http://bundles.example.com')?.isPlain, true);
  });

  for (const [text, message] of [
    ['bundles.example.com/in', /not a URL/],
    ['https://', /not a URL/],
    ['ftp://example.com/in', /begins with ftp:/],
    ['s3://bucket/prefix', /does not offer s3: destinations, only https: and http:/],
    ['presigned+https://broker.example.com', /does not offer presigned\+https:/],
    ['replicated-sdk:', /does not offer replicated-sdk:/],
    ['https://example.com/in#part', /https:\/\/example\.com\/in has a fragment/],
  ] as const) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseDestination(text), { code: 'UPLOAD_DESTINATION_INVALID', message });
    });
  }

  for (const text of [
    'https://user:hunter22@exa mple.com/',
    's3://user:hunter22@bucket?token=hunter22',
    'https://user:hunter22@example.com/in?token=hunter22#part',
    'ftp://user:hunter22@example.com',
  ]) {
    it(`shows no secret of a refused ${new URL(text.replace(' ', '')).protocol} URL`, () => {
      assert.throws(
        () => parseDestination(text),
        (error: Error) => !error.message.includes('hunter22') && !error.message.includes('user'),
      );
    });
  }
});
