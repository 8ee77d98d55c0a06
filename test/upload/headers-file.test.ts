/** Tests of upload/headers-file. */

import assert from 'node:assert/strict';

import { parseHeaders, readHeadersFile } from '../../agent/upload/headers-file.ts';

describe('upload/headers-file', () => {
  it('reads one header a line, passing over blanks and comments', () => {
    const text =
      '# token of the vendor\nAuthorization: Bearer a:b c\r\n\nX-Empty:\nx-amz-acl:  private  ';

    assert.deepEqual(parseHeaders(text), {
      authorization: 'Bearer a:b c',
      'x-empty': '',
      'x-amz-acl': 'private',
    });
  });

  it('names all wrong lines by number and reason', () => {
    const text = 'no colon\nX-Ok: 1\nbad name: 1\nX-Bad: a\u0001b\nUser-Agent: me\nx-ok: 2';

    assert.throws(() => parseHeaders(text), {
      code: 'CONFIG_INVALID',
      message:
        "UPLOAD_HEADERS_FILE: line 1 is not of the form Name: value; line 3 is not of the form Name: value; line 4 has a character that no header may have; line 5 sets user-agent, which is the agent's to set; line 6 sets x-ok a second time",
    });
  });

  it('never shows a value', () => {
    assert.throws(
      () => parseHeaders('hunter22\nX-Token: hunter22\u0000\nContent-Length: hunter22'),
      (error: Error) => !error.message.includes('hunter22'),
    );
  });

  it('says which file cannot be read', async () => {
    await assert.rejects(readHeadersFile('/nowhere/headers'), {
      code: 'CONFIG_INVALID',
      message: /UPLOAD_HEADERS_FILE: .*\/nowhere\/headers/,
    });
  });
});
