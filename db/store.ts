import type { Store } from "../src/app/ports.ts";
import { commitsOver } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { databaseOver, type Executor, plannedEachTime } from "./executor.ts";
import { faultOf, isFull, StoreFault } from "./fault.ts";
import { conversationQueries } from "./queries/conversations.ts";
import { cosignatureQueries } from "./queries/cosignatures.ts";
import { endpointQueries } from "./queries/endpoints.ts";
import { erasureQueries } from "./queries/erasure.ts";
import { figureQueries } from "./queries/figures.ts";
import { foundQueries } from "./queries/found.ts";
import { heardQueries } from "./queries/heard.ts";
import { checkpointQueries, logQueries } from "./queries/log.ts";
import { messageQueries } from "./queries/messages.ts";
import { outboxQueries } from "./queries/outbox.ts";
import { pastQueries } from "./queries/past.ts";
import { peopleQueries } from "./queries/people.ts";
import { readingQueries } from "./queries/readings.ts";
import { signalQueries } from "./queries/signals.ts";
import { stateQueries } from "./queries/states.ts";
import { upkeepQueries } from "./queries/upkeep.ts";
import { tryRow } from "./room.ts";

interface Options extends Pick<Connection, "inBackground"> {
  readonly now: () => number;
  /**
   * How room is tried where nobody has stored anything for a minute after there was none: `row` =
   * by a row; null = not at all.
   */
  readonly tryRoom: "row" | (() => Promise<void>) | null;
}

/**
 * The store over any executor. Every statement is one transaction; whatever fails is a StoreFault.
 */
export function storeOver(
  execute: Executor,
  close: () => Promise<void>,
  { inBackground = (work) => work(), now = Date.now, tryRoom = null }: Partial<Options> = {},
): Store {
  const faulting: Executor = async (query) => {
    try {
      return await execute(query);
    } catch (cause) {
      throw faultOf(cause);
    }
  };
  const db = databaseOver(faulting);
  let fullAt = Number.NEGATIVE_INFINITY;
  /** Whether the statements that store most found free space. */
  const noting =
    <Args extends readonly unknown[], T>(write: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      try {
        const done = await write(...args);
        fullAt = Number.NEGATIVE_INFINITY;
        return done;
      } catch (error) {
        if (isFull(error)) fullAt = now();
        throw error;
      }
    };
  const kept = conversationQueries(db);
  const trial = noting(async () => {
    try {
      await (typeof tryRoom === "function" ? tryRoom() : tryRow(kept, now()));
    } catch (error) {
      throw ownOf(error);
    }
  });
  let trying: Promise<boolean> | null = null;
  /** Concurrent callers share one attempt. */
  const hasRoomNow = (): Promise<boolean> => {
    trying ??= trial()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        trying = null;
      });
    return trying;
  };
  const commits = commitsOver(faulting);
  const incoming = signalQueries(db, faulting);
  return unwrapped({
    ...commits,
    commit: noting(commits.commit),
    ...stateQueries(db, faulting),
    ...peopleQueries(db),
    ...incoming,
    storeDeliveries: noting(incoming.storeDeliveries),
    ...heardQueries(faulting),
    ...outboxQueries(db, faulting),
    ...messageQueries(db, faulting),
    ...kept,
    ...endpointQueries(db),
    ...readingQueries(faulting),
    ...logQueries(db, faulting),
    ...checkpointQueries(db),
    ...cosignatureQueries(db),
    ...pastQueries(plannedEachTime(faulting)),
    ...figureQueries(faulting),
    ...foundQueries(databaseOver(plannedEachTime(faulting))),
    ...upkeepQueries(faulting),
    ...erasureQueries(faulting),
    inBackground,
    hasRoom: async () => {
      if (now() - fullAt <= aMinute) return false;
      return fullAt === Number.NEGATIVE_INFINITY || tryRoom === null || hasRoomNow();
    },
    close,
  });
}

const aMinute = 60_000;

const ownOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof StoreFault && !(error instanceof StoreFault)
    ? error.cause
    : error;

/**
 * drizzle throws its own error around ours, with every parameter in it: those must not reach a log.
 */
const unwrapped = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(method, target, args);
        } catch (error) {
          throw ownOf(error);
        }
      };
    },
  });
