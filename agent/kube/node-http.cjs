/**
 * What the build puts in the place of `node:http` (`--alias` in package.json): the same module, not imported. An import reads
 * whatever a module exports, and of this one `WebSocket` and the like load a second HTTP client: 17 ms and 8 MB in each process.
 */

module.exports = process.getBuiltinModule('node:http');
