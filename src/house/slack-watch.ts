import { reportUnreachable } from "../app/accounts.ts";
import type { Clock } from "../app/ports.ts";
import { createWorker, type Worker } from "../app/worker.ts";
import type { Instant, Millis } from "../core/ids.ts";
import type { Ground, Parts } from "./core-parts.ts";

const oneMinute = 60_000;
const oneDay = 86_400_000;

/** Whether Slack still takes the token, each minute; whether everybody the policy names can be reached, each day and under each policy. */
export const watchSlack = (
  { clock, report }: Pick<Ground, "clock" | "report">,
  parts: Pick<Parts, "store" | "journal" | "rules" | "slack">,
): Worker => {
  const { rules, slack } = parts;
  const check = onceEvery(oneMinute, clock, async () => slack?.check());
  const accounts = onceEvery(
    oneDay,
    clock,
    async () => {
      await reportUnreachable(parts, (await slack?.accounts()) ?? [], clock.now());
      await slack?.examine();
    },
    () => rules.current()?.digest,
  );
  return createWorker(
    async () => {
      await accounts();
      await check();
    },
    (fault) => report(fault, "slack watch"),
  );
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
