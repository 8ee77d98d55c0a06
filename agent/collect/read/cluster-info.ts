/** clusterInfo: the version of the API server. Source: troubleshoot v0.133.0, pkg/collect/cluster_info.go. */

import { bodyOf } from '../../body/body.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import { textAt } from '../../kube/object-fields.ts';
import type { Collector } from '../collector.ts';
import { errorPieces, jsonPiece } from '../pieces.ts';

const PATH = 'cluster-info/cluster_version.json';

/** Everybody who is authenticated may ask for the version. */
export const clusterInfo: Collector = {
  rules: () => [],

  async *collect(_fields, { kube, signal }) {
    let info: unknown;
    try {
      info = await kube.get('/version', signal);
    } catch (error) {
      signal.throwIfAborted();
      yield { kind: 'file', path: PATH, body: bodyOf('') };
      yield* errorPieces('cluster-info/errors.json', [apiMessageOf(error)], 'failed');
      return;
    }
    yield jsonPiece(PATH, { info, string: textAt(info, 'gitVersion') });
  },
};
