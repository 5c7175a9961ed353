import { expect, test } from "vitest";
import type { EntryFilter, Recorded, Store } from "../../../src/app/ports.ts";
import { createPostureHistory } from "../../../src/app/reads/posture-history.ts";
import type { Entry } from "../../../src/core/log/entry.ts";
import { foldDeployment, unheardOf } from "../../../src/core/state/fold.ts";
import type { DeploymentState } from "../../../src/core/state/state.ts";
import { hours, minutes } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

const here = "assistant-prod";

/** The log as the database reads it, and what is on the way at once. */
function storeOf(entries: readonly Entry[]) {
  const all = entries.map((entry, index): Recorded => ({ index, entry, bytes: new Uint8Array() }));
  const newestOf = (fits: (entry: Entry) => boolean, below: number) =>
    all.findLast(({ entry, index }) => index < below && fits(entry)) ?? [];
  const asked = { now: 0, most: 0, deployments: [] as number[], adoptions: [] as number[] };
  const answered = async <T>(answer: T): Promise<T> => {
    asked.now += 1;
    asked.most = Math.max(asked.most, asked.now);
    await new Promise((resolve) => setImmediate(resolve));
    asked.now -= 1;
    return answer;
  };
  return {
    asked,
    entries: ({ kinds, until, below, limit }: EntryFilter) => {
      if (kinds) asked.adoptions.push(limit);
      const found = all
        .slice(0, below)
        .filter(({ entry }) => kinds?.includes(entry.kind) ?? true)
        .filter(({ entry }) => until === undefined || Date.parse(entry.at) < until);
      return answered(found.toReversed().slice(0, limit));
    },
    lastOfPostures: (of: Parameters<Store["lastOfPostures"]>[0], below: number) => {
      asked.deployments.push(of.length);
      const found = of.flatMap(({ deployment, gateways }) => {
        const newest = (fits: (entry: Entry) => boolean) =>
          newestOf((entry) => entry.subject === `deployment:${deployment}` && fits(entry), below);
        return [
          newest(({ kind }) => kind === "decision.made"),
          newest(({ kind }) => kind === "reassessment.set"),
          ...gateways.map((gateway) =>
            newest(
              (entry) =>
                entry.kind === "enforcement.reported" &&
                entry.what === "applied" &&
                entry.gateway === gateway,
            ),
          ),
        ].flat();
      });
      return answered(found.toSorted((a, b) => a.index - b.index));
    },
  };
}

/** Narrowed, paused, resumed, with everything that happens in between. */
function eventful(): Log {
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
}

test("the posture of each moment is what the whole log folds to, from the last entries before it", async () => {
  const log = eventful();
  const { entries } = log;
  const past = createPostureHistory(storeOf(entries));

  for (const at of [0, ...entries.map((entry) => Date.parse(entry.at))]) {
    const whole = entries
      .filter((entry) => Date.parse(entry.at) <= at)
      .reduce(foldDeployment, unheardOf(here));
    const state = (await past.statesAt([log.state], at)).get(here);
    expect(outward(state), String(at)).toEqual(outward(whole));
  }
});

/** What an answer about the past says. */
function outward(state: DeploymentState | undefined) {
  const { scope, version, decided } = state?.posture ?? {};
  const applied = Object.entries(state?.carriers ?? {}).flatMap(([name, item]) =>
    item.applied ? [[name, item.applied]] : [],
  );
  return { scope, version, decided, by: state?.reassess?.by, applied };
}

test("no statement looks up more than a page of deployments or adoptions, and one is asked at a time", async () => {
  const { entries } = eventful();
  const [first, ...rest] = entries;
  if (first?.kind !== "policy.adopted") throw new Error("nothing was adopted");
  const again = Array.from({ length: 60 }, (): Entry => ({ ...first, started: [] }));
  const store = storeOf([first, ...again, ...rest]);
  const names = Array.from({ length: 60 }, (_, n) => unheardOf(`other-${n}`));

  const at = Date.parse(String(rest.at(-1)?.at));
  const states = await createPostureHistory(store).statesAt([...names, unheardOf(here)], at);

  expect(states.get(here)?.posture?.scope).toBe("full");
  expect(store.asked).toMatchObject({
    most: 1,
    deployments: [25, 25, 11],
    adoptions: [25, 25, 25],
  });
});

test("one question is answered at a time, few wait, and further ones are told to come again", async () => {
  const store = storeOf(eventful().entries);
  const past = createPostureHistory(store);
  const now = [unheardOf(here)];
  const asked = Array.from({ length: 9 }, () => past.statesAt(now, Date.parse("2030-01-01")));

  const answers = await Promise.allSettled(asked);

  expect(answers.map(({ status }) => status)).toEqual([...Array(8).fill("fulfilled"), "rejected"]);
  expect(store.asked.most).toBe(1);
  expect((await past.statesAt(now, 0)).get(here)?.posture).toBeNull();
});
