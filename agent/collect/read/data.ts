/** data: a text of the spec itself. Source: troubleshoot v0.133.0, pkg/collect/data.go. */

import type { Collector } from '../collector.ts';
import { textOf } from '../fields.ts';
import { filePiece } from '../pieces.ts';

export const data: Collector = {
  rules: () => [],

  async *collect(fields) {
    const path = `${textOf(fields, 'name')}/${textOf(fields, 'collectorName')}`;
    yield filePiece(path, textOf(fields, 'data'));
  },
};
