import { expect, test } from "vitest";
import type { Executor } from "../../db/executor.ts";
import { answers } from "../../src/core/words/answers.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/**
 * A database that goes silent while somebody waits: they hear in time what is known, and it stays
 * true when it speaks again.
 */

/**
 * Holds back every statement that `holds` names, until it is let go; then it takes effect after
 * all.
 */
function dam() {
  let holds: (text: string) => boolean = () => false;
  let waiting: (() => void)[] = [];
  const wrap =
    (execute: Executor): Executor =>
    async (query) => {
      if (holds(query.text)) await new Promise<void>((go) => waiting.push(go));
      return execute(query);
    };
  return {
    wrap,
    hold: (which: (text: string) => boolean): void => {
      holds = which;
    },
    letGo: (): void => {
      holds = () => false;
      for (const go of waiting) go();
      waiting = [];
    },
  };
}

async function opened() {
  const { wrap, hold, letGo } = dam();
  const world = await openWorld("postgres", { wrap, answerTimes: null });
  await world.send("signals", jailbreak());
  const [chidi] = (await world.server().views.people()).filter(({ key }) => key === "chidi");
  if (!chidi) throw new Error("nobody is called chidi");
  const press = (key: string) =>
    world.server().inbound.run({
      speaker: { is: "person", person: chidi.id, link: null },
      surface: "console",
      key,
      line: "pause HP-1 because it is real",
      version: null,
      channel: null,
      escalation: null,
      private: true,
    });
  return { world, hold, letGo, press };
}

test("where nothing was sent yet it is not recorded, and it is not when the database speaks again", async () => {
  const { world, hold, letGo, press } = await opened();

  hold(() => true);
  const told = await press("first");
  letGo();
  await world.settle();

  expect(told).toMatchObject({ ok: false, text: expect.stringContaining(answers.notRecorded) });
  expect(await world.posture()).not.toBe("paused");
  expect(await press("first")).toMatchObject({ ok: true });
  await world.settle();
  expect(await world.posture()).toBe("paused");
});

test("what was sent and not answered is not confirmed, also to who presses again while nothing is known", async () => {
  const { world, hold, letGo, press } = await opened();

  hold((text) => text.includes("holdpoint.commit"));
  const told = await press("first");
  hold(() => true);
  const again = await press("first");
  const asked = world.server().inbound.unasked("first", "pause assistant-prod");
  letGo();
  await world.settle();

  for (const { text } of [told, again, asked]) expect(text).toContain(answers.notConfirmed);
  expect(await press("first")).toMatchObject({ ok: true });
  await world.settle();
  const made = (await world.kinds()).filter((kind) => kind === "decision.made");
  expect(made).toHaveLength(1);
});
