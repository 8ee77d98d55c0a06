/** kube/api-error: codes and messages of failed requests. */

import assert from 'node:assert/strict';

import {
  answerError,
  apiMessageOf,
  connectionError,
  identityError,
  timeoutError,
} from '../../agent/kube/api-error.ts';

const request = {
  method: 'GET',
  path: '/api/v1/namespaces/shop/secrets/spec?watch=secret-value',
  server: new URL('https://10.0.0.1:6443/'),
};

describe('kube/api-error', () => {
  for (const [statusCode, code] of [
    [400, 'KUBE_FAILED'],
    [401, 'KUBE_UNAUTHORIZED'],
    [403, 'KUBE_FORBIDDEN'],
    [404, 'KUBE_NOT_FOUND'],
    [409, 'KUBE_CONFLICT'],
    [422, 'KUBE_FAILED'],
    [429, 'KUBE_FAILED'],
    [500, 'KUBE_FAILED'],
    [504, 'KUBE_TIMEOUT'],
  ] as const) {
    it(`gives an answer of ${statusCode} the code ${code}`, () => {
      assert.equal(answerError(request, { statusCode, body: new Uint8Array() }).code, code);
    });
  }

  it("names method, origin, path without its query, status and the API's own message", () => {
    const said =
      'secrets "spec" is forbidden: User "agent" cannot get resource "secrets" in API group "" in the namespace "shop"';
    const body = Buffer.from(JSON.stringify({ kind: 'Status', message: said }));

    const { message } = answerError(request, { statusCode: 403, body });

    assert.equal(
      message,
      `GET https://10.0.0.1:6443/api/v1/namespaces/shop/secrets/spec: 403 ${said}`,
    );
  });

  it('cuts a text that is not from the API to one short line', () => {
    const page = Buffer.from(`<html>\n${'x'.repeat(5000)}`);

    const { message } = answerError(request, { statusCode: 502, body: page });

    assert.ok(message.length < 400);
    assert.ok(!message.includes('\n'));
  });

  it('names every address of a server that refuses on all of them', () => {
    const refused = new AggregateError([
      new Error('refused on ::1'),
      new Error('refused on 127.0.0.1'),
    ]);

    const error = connectionError(request, refused);

    assert.equal(error.code, 'KUBE_UNREACHABLE');
    assert.match(error.message, /refused on ::1; refused on 127\.0\.0\.1$/);
    assert.equal(error.cause, refused);
  });

  it('says how long it waited', () => {
    const error = timeoutError(request, 30_000);

    assert.equal(error.code, 'KUBE_TIMEOUT');
    assert.match(error.message, /within 30 s$/);
  });

  it('keeps the cause of a failed identity', () => {
    const cause = new Error('ENOENT: no such file');

    const error = identityError('the kubeconfig cannot be read', cause);

    assert.equal(error.code, 'KUBE_CONFIG');
    assert.equal(error.cause, cause);
  });

  it("leaves out the lines that a kubeconfig's YAML error quotes", () => {
    const cause = new Error('bad indentation (1:12)\n\n 1 | token: secret-value');

    const { message } = identityError('the kubeconfig cannot be read', cause);

    assert.equal(message, 'the kubeconfig cannot be read: bad indentation (1:12)');
  });
});

describe('kube/api-error: what files say of an error', () => {
  for (const [statusCode, text, said] of [
    [404, '404 page not found\n', 'the server could not find the requested resource'],
    [403, 'no entry here\n', 'no entry here'],
    [503, 'service unavailable\n', 'the server is currently unable to handle the request'],
    [
      502,
      '<h1>"no"</h1>\n',
      'an error on the server ("<h1>\\"no\\"</h1>") has prevented the request from succeeding',
    ],
    [
      418,
      'tea',
      'the server responded with the status code 418 but did not return more information',
    ],
  ] as const) {
    it(`has client-go's words for an answer of ${statusCode} that is no Status`, () => {
      const error = answerError(request, { statusCode, body: Buffer.from(text) });

      assert.equal(apiMessageOf(error), said);
    });
  }

  it("has the Status object's message, whole", () => {
    const message = 'x'.repeat(1000);
    const body = Buffer.from(JSON.stringify({ kind: 'Status', message }));

    assert.equal(apiMessageOf(answerError(request, { statusCode: 404, body })), message);
  });

  it('has the message of what is no answer', () => {
    assert.equal(apiMessageOf(new Error('refused')), 'refused');
  });
});
