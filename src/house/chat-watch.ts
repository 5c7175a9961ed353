import { reportUnreachable } from "../app/accounts.ts";
import type { Clock } from "../app/ports.ts";
import { passOnUnreached } from "../app/unreached.ts";
import { createWorker, type Worker } from "../app/worker.ts";
import type { Unreached } from "../core/accounts.ts";
import type { Instant, Millis } from "../core/ids.ts";
import type { ChatParts } from "./chat-parts.ts";
import type { Ground, Parts } from "./core-parts.ts";

const oneMinute = 60_000;
const oneDay = 86_400_000;

/** Whether each chat still takes our token, each minute; whether everybody the policy names can be reached, each day and under each policy. */
export const watchChats = (
  { clock, report }: Pick<Ground, "clock" | "report">,
  parts: Pick<Parts, "store" | "journal" | "rules" | "platforms">,
): Worker => {
  const { rules, platforms } = parts;
  const check = onceEvery(oneMinute, clock, async () => {
    for (const platform of platforms) await platform.check();
  });
  const accounts = onceEvery(
    oneDay,
    clock,
    async () => {
      await reportUnreachable(parts, await unreachedIn(platforms), clock.now());
      await passOnUnreached(parts.journal);
      for (const platform of platforms) await platform.examine();
    },
    () => rules.current()?.digest,
  );
  return createWorker(
    async () => {
      await accounts();
      await check();
    },
    (fault) => report(fault, "chat watch"),
  );
};

/** Whom no chat reaches. Of the reasons the one that says most: an account that is closed, rather than none. */
const unreachedIn = async (platforms: readonly ChatParts[]): Promise<readonly Unreached[]> => {
  const told = [];
  for (const platform of platforms) told.push(await platform.accounts());
  const [first = [], ...others] = told;
  return first.flatMap((one) => {
    const same = others.map((all) => all.find(({ person }) => person.id === one.person.id));
    if (same.some((other) => other === undefined)) return [];
    const reasons = [one, ...same.filter((other) => other !== undefined)];
    return [reasons.find(({ because }) => because !== "no-account") ?? one];
  });
};

/** Does nothing where it was done less than `every` ago about the same; what failed is not done. */
const onceEvery = (
  every: Millis,
  clock: Clock,
  work: () => Promise<void>,
  about: () => string | undefined = () => undefined,
) => {
  let done: { readonly at: Instant; readonly about: string | undefined } | null = null;
  return async (): Promise<void> => {
    const now = { at: clock.now(), about: about() };
    const isRecent = done !== null && now.at >= done.at && now.at - done.at < every;
    if (isRecent && done?.about === now.about) return;
    await work();
    done = now;
  };
};
