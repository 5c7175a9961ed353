import { confirmation } from "../core/confirmation.ts";
import { explain } from "../core/explain.ts";
import type { EscalationId } from "../core/ids.ts";
import { nearest } from "../core/nearest.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import { rehearse } from "../core/rehearsal.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";

/** A rehearsal that was opened, or why not; `told` is for people. */
export type Rehearsing =
  | { readonly is: "open"; readonly escalation: EscalationId; readonly told: string }
  | { readonly is: "unknown" | "running"; readonly told: string };

/** Opens a rehearsal as an operator: through the real channel, and nothing can change by it. */
export const startRehearsal = async (
  { journal }: { readonly journal: Journal },
  deployment: string,
): Promise<Rehearsing> => {
  const known = [...(await journal.look([])).situation("").policy.deployments.keys()];
  // A name that no policy knows gets no stream of its own.
  if (!known.includes(deployment)) return unknown(await journal.look([]), deployment, known);
  const asked = { key: null, surface: "http" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, (desk): Rehearsing => {
    const outcome = rehearse(desk.situation(deployment), { type: "operator" });
    if (isRefusal(outcome)) return { is: "running", told: inWords(desk, deployment, outcome) };
    const entries = desk.add(`deployment:${deployment}`, outcome);
    const told = confirmation(desk.telling(deployment), entries);
    const opened = entries.find((entry) => entry.kind === "escalation.opened");
    return opened ? { is: "open", escalation: opened.escalation, told } : { is: "running", told };
  });
  return result;
};

const unknown = (desk: Desk, name: string, known: readonly string[]): Rehearsing => {
  const refusal = { refused: "unknown-deployment", name, nearest: nearest(name, known) } as const;
  return { is: "unknown", told: inWords(desk, "", refusal) };
};

const inWords = (desk: Desk, deployment: string, refusal: Refusal): string =>
  explain(desk.telling(deployment), refusal, null, { verb: "rehearse", words: [], reason: "" })
    .text;
