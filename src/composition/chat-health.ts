import { passOnUnreached } from "../app/outbox/pass-on-unreachable.ts";
import { reportUnreachable } from "../app/outbox/unreachable-report.ts";
import type { Clock } from "../app/ports.ts";
import { createWorker, type Worker } from "../app/worker.ts";
import type { Unreached } from "../core/card/unreachable-people.ts";
import type { Instant, Millis } from "../core/ids.ts";
import type { ChatParts } from "./chat-parts.ts";
import type { Parts } from "./core-parts.ts";
import type { Dependencies } from "./dependencies.ts";

const oneMinute = 60_000;
const oneDay = 86_400_000;

/**
 * Checks each minute whether each chat still accepts our token, and each day and under each new
 * policy whether all people of the policy can be reached.
 */
export function watchChats(
  { clock, report }: Pick<Dependencies, "clock" | "report">,
  parts: Pick<Parts, "store" | "journal" | "rules" | "platforms">,
): Worker {
  const { rules, platforms } = parts;
  const check = onceEvery(oneMinute, {
    clock,
    work: async () => {
      for (const platform of platforms) await platform.check();
    },
  });
  const accounts = onceEvery(oneDay, {
    clock,
    work: async () => {
      await reportUnreachable(parts, await unreachedIn(platforms), clock.now());
      await passOnUnreached(parts.journal);
      for (const platform of platforms) await platform.examine();
    },
    about: () => rules.current()?.digest,
  });
  return createWorker(
    async () => {
      await accounts();
      await check();
    },
    (fault) => report(fault, "chat watch"),
  );
}

/**
 * The people whom no chat reaches. Of several reasons the most specific is given: a closed account
 * rather than none.
 */
async function unreachedIn(platforms: readonly ChatParts[]): Promise<readonly Unreached[]> {
  const told = [];
  for (const platform of platforms) told.push(await platform.accounts());
  const [first = [], ...others] = told;
  return first.flatMap((unreached) => {
    const same = others.map((unreachedInChat) =>
      unreachedInChat.find(({ person }) => person.id === unreached.person.id),
    );
    if (same.some((unreachedElsewhere) => unreachedElsewhere === undefined)) return [];
    const reasons = [
      unreached,
      ...same.filter((unreachedElsewhere) => unreachedElsewhere !== undefined),
    ];
    return [reasons.find(({ because }) => because !== "no-account") ?? unreached];
  });
}

/** Runs at most once in `every` for the same key; a failed run does not count. */
function onceEvery(
  every: Millis,
  {
    clock,
    work,
    about = () => undefined,
  }: {
    readonly clock: Clock;
    readonly work: () => Promise<void>;
    readonly about?: () => string | undefined | undefined;
  },
) {
  let done: { readonly at: Instant; readonly about: string | undefined } | null = null;
  return async (): Promise<void> => {
    const now = { at: clock.now(), about: about() };
    const isRecent = done !== null && now.at >= done.at && now.at - done.at < every;
    if (isRecent && done?.about === now.about) return;
    await work();
    done = now;
  };
}
