/** What a collector of the native engine is, and what it is handed. */

import type { Body, WorkFolder } from '../body/body.ts';
import type { Clock } from '../clock.ts';
import type { KubeApi } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import type { CollectorSpec } from '../spec/types.ts';
import type { Network } from './network/network.ts';

/** The fields of its entry in the spec, their types checked (`spec/collector-fields.ts`). */
export type Fields = CollectorSpec['fields'];

/** One of troubleshoot's collectors. Each is a file of its own, exported by its key in the spec. */
export interface Collector {
  /** Every right on the API that it uses with these fields. */
  rules(fields: Fields): readonly ApiRule[];
  /**
   * Its files, in any order, and what went wrong.
   *
   * A problem with a part is a piece, and the rest goes on; what ends the collector is thrown (then it is
   * written to `collector-errors/`, and what it gave until then stays). Pulled: it stands still until
   * the last piece has been archived. Honours `context.signal`, and removes what it made in the cluster
   * however it ends.
   */
  collect(fields: Fields, context: CollectContext): AsyncGenerator<Piece>;
}

/** As a rule of a Role has it. */
export interface ApiRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  /** Where; absent: in the whole cluster. */
  readonly namespace?: string;
  /**
   * Asked for before the collector starts: without this right it does not run, as with troubleshoot, and its outcome is
   * `forbidden`. Source: AccessReviewSpecs in troubleshoot v0.133.0, pkg/apis/troubleshoot/v1beta2/collector_shared.go.
   */
  readonly isRequired?: true;
}

/** What a collector yields. */
export type Piece = FilePiece | LinkPiece | ProblemPiece;

export interface FilePiece {
  readonly kind: 'file';
  /** As troubleshoot forms it: empty parts are dropped, and what leads outside the bundle is left out and named. */
  readonly path: string;
  readonly body: Body;
}

/** A symbolic link. */
export interface LinkPiece {
  readonly kind: 'link';
  readonly path: string;
  /** The path, from the bundle's top, of what it points to. */
  readonly target: string;
}

/** Something that is named in the record. */
export interface ProblemPiece {
  readonly kind: 'problem';
  /** `named`: worth saying, but nothing is missing that could be there. `partial`: a part is missing. `failed`, `forbidden`: all of it is. */
  readonly outcome: 'named' | 'partial' | 'failed' | 'forbidden';
  /** One line; cut and redacted by whoever writes the record. */
  readonly message: string;
}

export interface CollectContext {
  readonly kube: KubeApi;
  /** Aborts at the collector's deadline, the run's, and when the process is to end. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /** What a collector that asks others than the cluster may connect to. */
  readonly network: Network;
  /** For bodies that are too large for memory. */
  readonly workDir: WorkFolder;
  /** Of API requests in flight: more parts at once gain nothing. */
  readonly concurrency: number;
  /** For labels of what is made in the cluster. */
  readonly runId: string;
  /** Undefined where it cannot be read. */
  readonly installationId: string | undefined;
  /** The image to run in the place of the spec's (COLLECTOR_IMAGES). */
  image(name: string): string;
  /** Resolves when all collectors of that type have ended: where two write the same path, the first one counts. */
  settled(type: string): Promise<void>;
}
