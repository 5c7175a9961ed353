import type { DueView, FormField, PersonView, Reply } from "../../../src/app/ports.ts";
import type { Button, Card, Form } from "../../../src/core/card/card.ts";
import { personId } from "../../../src/core/ids.ts";
import type { People } from "../../../src/core/people/person.ts";
import { now, openCard, people, postures } from "../console/cards.ts";

/**
 * What Slack's drawings are tested with: the example's people with accounts, and one of everything
 * that is drawn.
 */

export const accounts: ReadonlyMap<string, string> = new Map([
  ["bob", "U0BOB00001"],
  ["chidi", "U0CHIDI001"],
  ["dana", "U0DANA0001"],
  ["frank", "W0FRANK001"],
]);

/** Erin has no Slack account. */
export const team: People = new Map(
  people.map((person) => [person.id, { ...person, slack: accounts.get(person.key) ?? null }]),
);

export const channel = "model-risk";
export function channelOf(): string {
  return channel;
}
export const publicUrl = "https://holdpoint.example";
export const erin = personId("p_erinaaaaaaaaaaaaaaaa");

/** The open card of the example, which reaches Bob and Chidi. */
export const open: Card = openCard;

export function form(parts: Partial<Form> = {}): Form {
  return {
    title: "Pause",
    reason: "Jailbreak classifier 8.2 % (limit 5 %)",
    reasonRequired: false,
    submit: "Pause Assistant (production)",
    ...parts,
  };
}

export function button(parts: Partial<Button> = {}): Button {
  return {
    label: "Pause",
    command: "pause HP-142",
    style: "danger",
    form: form(),
    ...parts,
  };
}

export const buttonContext = { version: 7, escalation: "HP-142", channel } as const;
export const said = { ...buttonContext, line: "status" } as const;

export function answer(parts: Partial<Reply> = {}): Reply {
  return {
    ok: true,
    text: "Paused. Record 4212.",
    choices: [],
    lines: [],
    next: null,
    file: null,
    form: null,
    ...parts,
  };
}

export function field(parts: Partial<FormField> = {}): FormField {
  return {
    name: "what",
    label: "Deployment",
    kind: "text",
    required: true,
    value: "",
    options: [],
    ...parts,
  };
}

export function due(parts: Partial<DueView> = {}): DueView {
  return {
    deployment: "search-beta",
    name: "Search beta",
    line: [{ untrusted: "Search beta" }, ": narrowed to staff, 9 days. Nothing new"],
    by: now + 14 * 3_600_000,
    overdue: false,
    version: 3,
    buttons: [
      button({ label: "Keep narrowed…", command: "keep search-beta", style: "plain" }),
      button({ label: "Resume…", command: "resume search-beta", style: "primary" }),
    ],
    ...parts,
  };
}

export function view(parts: Partial<PersonView> = {}): PersonView {
  return {
    mayDecide: [{ card: open, named: true, confirms: false, until: now + 19 * 60_000 }],
    undrawn: { mayDecide: 0, others: 0 },
    others: [
      { ...open, escalation: "HP-143", title: ["🟡 ", { untrusted: "Agents EU" }, " · HP-143"] },
    ],
    due: [due()],
    postures,
    ...parts,
  };
}
