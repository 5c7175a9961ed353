import { describe, expect, test } from "vitest";
import { refusalText } from "../../src/core/card/refusal-text.ts";
import { isDenial, type Refusal } from "../../src/core/state/refusal.ts";
import { id, tuesdayNight } from "../support/builders.ts";
import { Log, said } from "../support/core-log.ts";

/**
 * Whatever is refused: the reason that was typed for it comes back, in the next step or at least in
 * the answer.
 */

const deployment = "assistant-prod";
const nobodyNear = { name: "asistant", nearest: [] };

/** One of each kind; the compiler finds a kind that is missing. */
const refusals: {
  readonly [K in Refusal["refused"]]: Omit<Extract<Refusal, { refused: K }>, "refused">;
} = {
  "not-authorized": {
    asked: "resume",
    deployment,
    who: [id("chidi")],
    confirmers: [],
    mayRestrict: true,
    bar: null,
  },
  "unknown-deployment": { name: "asistant", nearest: [deployment] },
  "unknown-escalation": nobodyNear,
  "unknown-scope": { ...nobodyNear, deployment },
  "unknown-person": nobodyNear,
  "unknown-watch": nobodyNear,
  closed: { escalation: "HP-1" },
  "acknowledge-only": { escalation: "HP-1" },
  rehearsing: { escalation: "HP-1" },
  "only-rehearsed": { escalation: "HP-1" },
  rehearsed: { escalation: "HP-1" },
  "already-acknowledged": { escalation: "HP-1", by: id("bob"), at: tuesdayNight },
  "several-open": { asked: "resume", escalations: ["HP-1", "HP-2"] },
  "nothing-open": { deployment },
  "others-open": { asked: "resume", deployment, escalations: ["HP-2"] },
  stale: {
    deployment,
    asked: "resume",
    scope: "paused",
    by: [id("bob")],
    at: tuesdayNight,
    entry: null,
  },
  "not-wider": { deployment, scope: "paused", to: "paused" },
  "name-scope": { deployment, scopes: ["full", "staff"] },
  "already-widest": { deployment },
  "already-narrowest": { deployment, scope: "no-tools" },
  "needs-reason": { asked: "resume", line: "resume HP-1" },
  "waits-for-second": {
    deployment,
    by: id("chidi"),
    to: "full",
    confirmers: [id("erin")],
    expires: tuesdayNight,
  },
  "takes-effect-later": {
    deployment,
    to: "full",
    by: [id("chidi")],
    until: tuesdayNight,
    unless: [id("erin")],
  },
  "new-accounts": {
    deployment,
    people: [id("chidi"), id("erin")],
    until: tuesdayNight,
    confirmers: [id("frank")],
  },
  "no-login-link": {},
  "other-proposal": { deployment, to: "full" },
  "still-reading": { deployment, deliveries: 2 },
  "in-doubt": { deployment, sentence: "The log is shorter than what was signed." },
  "already-raised": { escalation: "HP-1" },
  "no-reason-asked": { deployment },
  "no-undo": { because: "decided-since", until: null },
  "not-a-time": { text: "someday" },
  "not-later": { deployment, by: tuesdayNight },
  "in-the-past": { text: "yesterday" },
  "not-private": {},
  "nothing-to-link": {},
  "needs-code": {},
  "link-in-chat": {},
  "account-known": { person: id("bob"), chat: "slack" },
  "no-such-code": {},
  "has-account": { person: id("bob"), chat: "slack", linked: true },
  "guessed-too-often": { minutes: 10 },
  "nothing-linked": { chats: ["slack"] },
  "several-linked": { chats: ["slack", "teams"] },
  "not-a-person": {},
  stranger: {},
  "unknown-command": { name: "resum", nearest: ["resume"] },
  usage: { usage: "resume <what>", problem: "Say what." },
  "unknown-group": { name: "group:agnts", nearest: ["group:agents"] },
  "one-by-one": { name: "group:agents", nearest: [deployment] },
  "several-called": { name: "Assistant", nearest: [deployment] },
  "odd-words": { words: "fully", usage: "resume <what>", again: null },
  "say-plainly": { verb: "resume", typed: "resume" },
  "too-long": { length: 5_000, most: 4_000 },
  "asks-only": { verb: "pause" },
  "not-a-reader": {},
  "reads-only": {},
  "too-long-for-form": { length: 2_500, most: 2_000 },
};

const cases = Object.entries(refusals).map(([refused, more]) => ({ refused, ...more }) as Refusal);

function explained(refusal: Refusal, verb = "resume") {
  const log = new Log();
  log.fire("jailbreak-rate");
  said(log, "bob", "pause HP-1");
  return refusalText(log.viewContext, {
    refusal,
    actor: id("chidi"),
    asked: {
      verb,
      words: ["HP-1"],
      reason: "the prompt was patched",
    },
  });
}

describe("a reason for what is refused", () => {
  test.each(cases)("as $refused comes back in the answer", (refusal) => {
    const { text, choices } = explained(refusal);

    const inForm = choices.filter(({ form }) => form?.reason === "the prompt was patched");
    const said = isDenial(refusal)
      ? "Your reason was"
      : "Your reason is not on the record, as nothing changed";
    expect(text).toContain(
      inForm.length > 0
        ? "Your reason is kept: “the prompt was patched”."
        : `${said}: “the prompt was patched”.`,
    );
  });

  test.each<[Refusal["refused"], string, string, number | undefined]>([
    ["stale", "resume HP-1", "Resume Assistant (production) (HP-1)", 2],
    ["others-open", "resume HP-1", "Resume Assistant (production) (HP-1)", 2],
    ["still-reading", "resume HP-1", "Resume Assistant (production) (HP-1)", 2],
    ["closed", "resume assistant-prod", "Resume Assistant (production)", undefined],
    ["rehearsed", "resume assistant-prod", "Resume Assistant (production)", undefined],
    ["acknowledge-only", "ack HP-1", "Acknowledge Assistant (production) (HP-1)", undefined],
    [
      "other-proposal",
      "resume assistant-prod to full",
      "Resume Assistant (production) to full",
      undefined,
    ],
    [
      "name-scope",
      "resume assistant-prod to full",
      "Resume Assistant (production) to full",
      undefined,
    ],
    ["several-open", "resume HP-1", "Resume Assistant (production) (HP-1)", undefined],
  ])(
    "as %s is in the form of the next step, which asks once more",
    (refused, command, label, version) => {
      const { choices } = explained({ refused, ...refusals[refused] } as Refusal);

      expect(choices[0]).toMatchObject({
        command,
        label,
        form: { reason: "the prompt was patched" },
      });
      expect(choices[0]?.version).toBe(version);
    },
  );

  test("a card that is closed offers nothing that is only about a card", () => {
    for (const verb of ["keep", "undo", "reason", "ack"])
      expect(explained({ refused: "closed", escalation: "HP-1" }, verb).choices, verb).toEqual([]);
  });
});
