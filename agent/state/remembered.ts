/** A state store that remembers what it saw last, so that looking at it asks nobody. */

import { type AgentState, EMPTY_STATE, type StateStore } from './state.ts';

/** `last` is as new as this process's last read or update; it is the only writer while its release has one pod. */
export interface RememberedState extends StateStore {
  readonly last: AgentState;
}

export function remembered(store: StateStore): RememberedState {
  let last = EMPTY_STATE;
  return {
    location: store.location,
    get last() {
      return last;
    },
    read: async (signal) => {
      last = await store.read(signal);
      return last;
    },
    update: async (change, signal) => {
      last = await store.update(change, signal);
      return last;
    },
  };
}
