import { expect, test } from "vitest";
import type { Part } from "../../../src/core/card/card.ts";
import { historyLine } from "../../../src/core/card/history-line.ts";
import { hours } from "../../support/builders.ts";
import { Log, said } from "../../support/core-log.ts";

/** The log as sentences, as the console's history, `decisions` and `prove` show them. */

const words = (part: Part): string =>
  typeof part === "string" ? part : "untrusted" in part ? part.untrusted : part.name;

const linesOf = (log: Log): readonly string[] =>
  log.entries.map((entry, index) =>
    historyLine(log.viewContext, { entry, index }, "Europe/London")
      .map(words)
      .join("")
      .replace(/^\d+ · [^·]+ · /, ""),
  );

test("a decision says who, by which right, what, what it was before and how it differs from the policy", () => {
  const log = new Log();
  log.fire("jailbreak-rate");
  said(log, "bob", "ack HP-1");
  said(log, "chidi", "pause HP-1");
  said(log, "chidi", "resume HP-1");
  said(log, "erin", "resume HP-1");
  said(log, "dana", "narrow assistant-prod to staff");
  said(log, "frank", "breakglass pause assistant-prod");
  log.wait(hours(30));

  expect(linesOf(log)).toMatchInlineSnapshot(`
    [
      "the operator adopted policy policy-1",
      "HP-1 opened for Assistant (production) (trigger jailbreak-rate); Chidi Lindt decides",
      "Bob Okafor acknowledged HP-1",
      "Chidi Lindt (decider) paused Assistant (production), was full. Stricter than the policy: “said so”",
      "Chidi Lindt requested to resume Assistant (production) to full “said so”",
      "Chidi Lindt (decider) resumed Assistant (production) to full, was paused: “said so”. Approved by Erin Sato: “said so”",
      "HP-1 closed (resumed)",
      "HP-2 opened for Assistant (production) (trigger by-hand); Chidi Lindt decides “said so”",
      "Dana Weiss (may also restrict) narrowed Assistant (production) to staff, was full. Not planned in the policy: “said so”",
      "Frank Moreau paused Assistant (production), was staff. Not planned in the policy. By break-glass: “said so”",
      "HP-2 closed (quiet)",
      "Chidi Lindt was reminded of the review of Assistant (production), due Tue 17:00 GMT",
    ]
  `);
});
