/**
 * What the build puts in the place of undici (`--alias` in package.json). client-node's KubeConfig imports it for requests
 * that it would make itself; here they go through Node's own http, and a megabyte of code would be loaded for nothing.
 */

export function fetch(): never {
  throw new Error('undici is not a part of this build');
}

export { fetch as Agent, fetch as ProxyAgent };
