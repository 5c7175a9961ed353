import type { Store } from "../src/app/ports.ts";
import { commitsOver } from "./commit.ts";
import { databaseOver, type Executor } from "./executor.ts";
import { faultOf, StoreFault } from "./fault.ts";
import { conversationQueries } from "./queries/conversations.ts";
import { endpointQueries } from "./queries/endpoints.ts";
import { heardQueries } from "./queries/heard.ts";
import { checkpointQueries, logQueries } from "./queries/log.ts";
import { messageQueries } from "./queries/messages.ts";
import { outboxQueries } from "./queries/outbox.ts";
import { pastQueries } from "./queries/past.ts";
import { peopleQueries } from "./queries/people.ts";
import { signalQueries } from "./queries/signals.ts";
import { stateQueries } from "./queries/states.ts";
import { upkeepQueries } from "./queries/upkeep.ts";

/** The store over any executor. Every statement is one transaction; whatever fails is a StoreFault. */
export const storeOver = (execute: Executor, close: () => Promise<void>): Store => {
  const faulting: Executor = async (query) => {
    try {
      return await execute(query);
    } catch (cause) {
      throw faultOf(cause);
    }
  };
  const db = databaseOver(faulting);
  return unwrapped({
    ...commitsOver(faulting),
    ...stateQueries(db, faulting),
    ...peopleQueries(db),
    ...signalQueries(db, faulting),
    ...heardQueries(faulting),
    ...outboxQueries(db, faulting),
    ...messageQueries(db, faulting),
    ...conversationQueries(db),
    ...endpointQueries(db),
    ...logQueries(db, faulting),
    ...checkpointQueries(db),
    ...pastQueries(faulting),
    ...upkeepQueries(faulting),
    close,
  });
};

/** drizzle throws its own error around ours, with every parameter in it: those must not reach a log. */
const unwrapped = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(method, target, args);
        } catch (error) {
          throw error instanceof Error &&
            error.cause instanceof StoreFault &&
            !(error instanceof StoreFault)
            ? error.cause
            : error;
        }
      };
    },
  });
