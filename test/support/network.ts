/** A network of tests: their servers listen on loopback, which the agent's own network refuses. */

import type { Network } from '../../agent/collect/network/network.ts';

export const OPEN_NETWORK: Network = { refusal: () => undefined, proxyEnvironment: {} };
