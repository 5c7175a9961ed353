import { expect, test } from "vitest";
import { createPast } from "../../src/app/past.ts";
import type { EntryFilter, Recorded } from "../../src/app/ports.ts";
import { foldDeployment, unheardOf } from "../../src/core/fold.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import { hours, minutes } from "../support/builders.ts";
import { Log, said } from "../support/core-log.ts";

const here = "assistant-prod";

/** The log as the database reads it, and how far each statement looked. */
const storeOf = (entries: readonly Entry[]) => {
  const windows: number[] = [];
  const all = entries.map((entry, index): Recorded => ({ index, entry, bytes: new Uint8Array() }));
  return {
    windows,
    entries: async ({ kinds, until, below, above = 0, limit }: EntryFilter) => {
      await new Promise((resolve) => setImmediate(resolve));
      const end = below ?? all.length;
      if (kinds) windows.push(end - above);
      return all
        .slice(above, end)
        .filter(({ entry }) => kinds?.includes(entry.kind) ?? true)
        .filter(({ entry }) => until === undefined || Date.parse(entry.at) < until)
        .toReversed()
        .slice(0, limit);
    },
  };
};

/** Narrowed, paused, resumed, with everything that happens in between. */
const eventful = (): Log => {
  const log = new Log();
  log.fire("jailbreak-rate");
  for (const [who, line] of [
    ["bob", "ack HP-1"],
    ["bob", "narrow HP-1 to no-tools"],
    ["chidi", "pause HP-1"],
    ["chidi", "resume HP-1 to full"],
    ["erin", "resume HP-1 to full"],
  ] as const) {
    log.now += minutes(7);
    said(log, who, line, { reason: "so" });
  }
  log.now += hours(30);
  log.tick();
  return log;
};

test("the posture of each moment is what the whole log folds to, from few kinds of entries", async () => {
  const { entries } = eventful();
  const past = createPast(storeOf(entries));

  for (const at of [0, ...entries.map((entry) => Date.parse(entry.at))]) {
    const whole = entries
      .filter((entry) => Date.parse(entry.at) <= at)
      .reduce(foldDeployment, unheardOf(here));
    const state = (await past.statesAt([here], at)).get(here);
    expect(state?.posture, String(at)).toEqual(whole.posture);
    expect(state?.reassess?.by).toEqual(whole.reassess?.by);
    expect(state?.carriers).toEqual(whole.carriers);
  }
});

test("no statement looks through more than a window of the log, however long it is", async () => {
  const log = eventful();
  const [noise] = log.entries.filter(({ kind }) => kind === "escalation.acknowledged");
  if (!noise) throw new Error("nobody acknowledged");
  const [first, ...rest] = log.entries;
  const many = Array.from({ length: 30_000 }, () => ({ ...noise, at: String(first?.at) }));
  const store = storeOf([...(first ? [first] : []), ...many, ...rest]);

  const states = await createPast(store).statesAt([here], Date.parse(String(rest.at(-1)?.at)));

  expect(states.get(here)?.posture).toEqual(log.state.posture);
  expect(store.windows).toHaveLength(7);
  expect(Math.max(...store.windows)).toBeLessThanOrEqual(5_000);
});

test("one question is answered at a time, few wait, and further ones are told to come again", async () => {
  const store = storeOf(eventful().entries);
  const past = createPast(store);
  const asked = Array.from({ length: 9 }, () => past.statesAt([here], Date.parse("2030-01-01")));

  const answers = await Promise.allSettled(asked);

  expect(answers.map(({ status }) => status)).toEqual([...Array(8).fill("fulfilled"), "rejected"]);
  expect((await past.statesAt([here], 0)).get(here)?.posture).toBeNull();
});
