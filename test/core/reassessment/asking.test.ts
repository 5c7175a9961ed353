import { expect, test } from "vitest";
import type { Announcement } from "../../../src/core/card/announcement.ts";
import { announcementsOf } from "../../../src/core/card/announcements.ts";
import { newSince, sinceThen } from "../../../src/core/reassessment/changes-since-decision.ts";
import { plain } from "../../../src/core/words/words.ts";
import { days, hours, id, minutes } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/**
 * What is said when somebody is asked again: how it stands, by when, what is new, who answers, and
 * when the next reminder comes.
 */

/** Paused on Tuesday at 03:10 and due at 17:00. */
function paused(): Log {
  const log = new Log();
  said(log, "bob", "pause assistant-prod");
  return log;
}

/** What was said of the last entry that time brought about. */
function lastSaid(log: Log, wait: number, news = false): Announcement {
  const entry = log.wait(wait).at(-1);
  if (!entry) throw new Error("time brought nothing about");
  const from = newSince(log.state);
  log.since = news && from !== null ? sinceThen(log.situation, from, []) : null;
  const [told] = announcementsOf(log.viewContext, entry);
  if (!told) throw new Error(`nothing is said of ${entry.kind}`);
  return told;
}

test("a reminder names who is asked, says how it stands, by when and what is new, and can be answered", () => {
  const log = paused();

  const reminder = lastSaid(log, hours(14) - minutes(10), true);

  expect(plain(reminder.line)).toBe(
    "Chidi Lindt: Assistant (production) is paused for everyone since 03:10. Review due 17:00 GMT. Since then: nothing new.",
  );
  expect(reminder.to).toEqual([id("chidi")]);
  expect(reminder.line).toContainEqual({ person: id("chidi"), name: "Chidi Lindt", mention: true });
  expect(reminder.buttons.map(({ label }) => label)).toEqual(["Keep paused…", "Resume…"]);
  expect(reminder.version).toBe(log.state.posture?.version);
});

test("a deputy who is reminded reads for whom", () => {
  const log = paused();
  log.away("chidi", log.now + days(5));

  const reminder = lastSaid(log, hours(14) - minutes(10));

  expect(plain(reminder.line)).toContain(
    "Erin Sato (Chidi Lindt is away until Sun 03:10 GMT): Assistant (production) is paused",
  );
  expect(reminder.to).toEqual([id("erin")]);
});

test("overdue says since when, who decides, what is new, and when the next reminder comes", () => {
  const log = paused();

  const overdue = lastSaid(log, days(2), true);

  expect(plain(overdue.line)).toBe(
    "Review overdue since Tue 17:00 GMT: Assistant (production), paused for everyone since Tue 03:10. Chidi Lindt decides. Since then: nothing new. Next reminder 17:00 GMT.",
  );
  expect(overdue.buttons.map(({ label }) => label)).toEqual(["Keep paused…", "Resume…"]);
});

test("overdue moves to the deputy while the decider is away, and says until when", () => {
  const log = paused();
  log.away("chidi", log.now + days(9));

  const overdue = lastSaid(log, days(2));

  expect(overdue.to).toEqual([id("erin")]);
  expect(plain(overdue.line)).toContain(
    "Chidi Lindt is away until 3 Dec 03:10 GMT: Erin Sato decides.",
  );
});

test("overdue moves to the deputy when the decider's account is closed, and says that", () => {
  const log = paused();
  log.unreachable.add(id("chidi"));

  const overdue = lastSaid(log, days(2));

  expect(overdue.to).toEqual([id("erin")]);
  expect(plain(overdue.line)).toContain("Chidi Lindt cannot be reached: Erin Sato decides.");
});

test("where nobody named can answer it says so, and names the decider all the same", () => {
  const log = paused();
  for (const key of ["chidi", "erin", "frank"] as const) log.unreachable.add(id(key));

  const overdue = lastSaid(log, days(2));

  expect(overdue.to).toEqual([id("chidi")]);
  expect(plain(overdue.line)).toContain(
    "Chidi Lindt cannot be reached, and nobody who stands in can answer.",
  );
});
