import { expect, test } from "vitest";
import { directOf } from "../../../src/core/card/direct-message.ts";
import { plain } from "../../../src/core/words/words.ts";
import { id, type Key, minutes } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/** What a direct message says when it is edited to what is true now. */

const read = (log: Log, key: Key): string =>
  plain(directOf(log.viewContext, log.escalation("HP-1"), id(key)).line);

test("an edit keeps why somebody is asked only now, for as long as it is open", () => {
  const log = new Log();
  log.fire("refusal-collapse");
  expect(read(log, "chidi")).not.toContain("did not answer");

  const { decideBy } = log.escalation("HP-1");
  log.wait((decideBy ?? 0) - log.now);
  expect(read(log, "erin")).toContain("Chidi did not answer.");
  said(log, "bob", "ack HP-1");
  expect(read(log, "erin")).toContain("Chidi did not answer.");

  said(log, "erin", "pause HP-1");
  expect(read(log, "erin")).not.toContain("did not answer");
});

test("of somebody who was away nobody says that they did not answer", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  log.away("chidi", log.now + minutes(600));
  log.tick();

  expect(read(log, "erin")).not.toContain("did not answer");
});
