import { expect, test } from "vitest";
import { confirmation } from "../../src/core/card/decision-answer.ts";
import type { Entry } from "../../src/core/log/entry.ts";
import { minutes } from "../support/builders.ts";
import { Log, said } from "../support/core-log.ts";

/**
 * Whoever restricts what is restricted already is told who did it, and when; their own decision is
 * recorded too.
 */

const told = (log: Log, entries: readonly Entry[]): string =>
  confirmation({ ...log.viewContext, situation: log.situation }, entries);

test("a second pause, and a third, name the first", () => {
  const log = new Log();
  said(log, "bob", "pause assistant-prod");
  log.wait(minutes(5));

  const second = told(log, said(log, "chidi", "pause assistant-prod"));
  log.wait(minutes(5));
  const third = told(log, said(log, "erin", "narrow assistant-prod"));

  for (const text of [second, third])
    expect(text).toContain(
      "Already paused by Bob Okafor at 03:10 GMT. Your decision is recorded too.",
    );
});

test("a keep in between takes nobody's place", () => {
  const log = new Log();
  said(log, "bob", "narrow assistant-prod to staff");
  log.wait(minutes(5));
  said(log, "chidi", "keep assistant-prod");

  expect(told(log, said(log, "erin", "narrow assistant-prod to staff"))).toContain(
    "Already narrowed to staff by Bob Okafor at 03:10 GMT. Your decision is recorded too.",
  );
});

test("where the policy did it, and not a person, only the time is said", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  log.wait(minutes(31));

  expect(told(log, said(log, "bob", "narrow assistant-prod to no-tools"))).toMatch(
    /Already narrowed to no-tools since \d\d:\d\d GMT\. Your decision is recorded too\./,
  );
});
