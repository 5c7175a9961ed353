import type { Response } from "../policy/model.ts";
import { type Line, line, listed, type Part } from "./line.ts";

/** The words of rehearsals. Part of the words of words.ts. */

export const mark = "🧪 REHEARSAL";
export const operator = "an operator";
export const title = "Rehearsal";

export function submit(deed: string): string {
  return `Rehearse: ${deed}`;
}
export function started(by: Line): Line {
  return line`A rehearsal, started by ${by}. It changes nothing`;
}
export const asIfReal: Line = [
  "Answer it as if it were real: the log records who would have done what",
];
export const nothingChanged: Line = ["It was a rehearsal: nothing changed"];

function would(response: Response | null): string {
  switch (response?.kind) {
    case "narrow":
      return `would narrow to ${response.scope}`;
    case "pause":
      return "would pause";
    case "retest":
      return "would request a re-test";
    case "monitor":
      return "would request monitoring";
    case undefined:
      return "would change nothing by itself";
  }
}

export function unanswered(response: Response | null): Line {
  return line`Nobody answered in time: a real escalation ${would(response)}`;
}
export function answered(by: Line, asked: string, at: Part): Line {
  return line`${by} would ${deeds[asked] ?? asked}, ${at}`;
}

const deeds: Readonly<Record<string, string>> = {
  keep: "leave it as it is",
  retest: "ask for a re-test",
  monitor: "add monitoring",
};

export function decides(by: Line | null, until: Part): Line {
  return by === null
    ? line`Nobody named can be reached until ${until}`
    : line`Decides: ${by} until ${until}`;
}
export function passes(by: Part, next: Line): Line {
  return line`Without an answer by ${by}, ${next} is asked next`;
}
export function ends(by: Part, response: Response | null): Line {
  return line`Without an answer by ${by}, a real escalation ${would(response)}. This one does nothing`;
}
export function may(people: readonly Line[]): Line {
  return line`May answer too: ${listed(people, "or")}`;
}
export function seen(people: readonly Line[]): Line {
  return people.length === 0 ? ["Not acknowledged"] : line`Acknowledged by ${listed(people)}`;
}

export function lockScreen(decider: string | null, by: string): string {
  return decider === null
    ? `nobody named can be reached until ${by}. It changes nothing.`
    : `${decider} answers by ${by} as if it were real. It changes nothing.`;
}

/** What is announced of one begins so. */
export const prefix = "Rehearsal. ";
export function over(name: string, id: string, outcome: Line): Line {
  return line`${name}: ${outcome}. ${id} is closed, nothing changed.`;
}

export const answers = {
  opened: (id: string, decider: string | null): string =>
    decider === null
      ? `The rehearsal ${id} is open; nobody named can be reached. It changes nothing.`
      : `The rehearsal ${id} is open: ${decider} is asked, as if it were real. It changes nothing.`,
  answered: (asked: string, name: string): string =>
    `Recorded as a rehearsal: you would ${deeds[asked] ?? asked} ${deeds[asked] ? `with ${name}` : name}. Nothing changed.`,
};
