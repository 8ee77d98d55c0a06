/** What client-go says of an answer that is no Status object: a proxy's page, `404 page not found`, nothing at all. */

/** client-go reads no more of such an answer. */
const MAX_TEXT_LENGTH = 2048;

const SERVER_ERROR_STATUS = 500;

const WORDS_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/**
 * The error's text without the resource that some of client-go's clients append in brackets.
 * Source: NewGenericServerResponse in k8s.io/apimachinery v0.36.3, pkg/api/errors/errors.go.
 *
 * @param text The answer's body.
 */
export function wordsForUnexplained(statusCode: number, text: string): string {
  const said = text.slice(0, MAX_TEXT_LENGTH).trim();
  if ([403, 406, 415].includes(statusCode)) return said;
  const words = WORDS_BY_STATUS[statusCode];
  if (words !== undefined) return words;
  return statusCode >= SERVER_ERROR_STATUS
    ? `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`
    : `the server responded with the status code ${statusCode} but did not return more information`;
}
