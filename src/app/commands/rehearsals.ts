import { confirmation } from "../../core/card/decision-answer.ts";
import { refusalText } from "../../core/card/refusal-text.ts";
import { rehearse } from "../../core/decision/rehearsal.ts";
import { nearestNames } from "../../core/did-you-mean.ts";
import type { EscalationId } from "../../core/ids.ts";
import { isRefusal, type Refusal } from "../../core/state/refusal.ts";
import type { Journal } from "../journal.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** A rehearsal that was opened, or why not; `told` is for people. */
export type Rehearsing =
  | { readonly is: "open"; readonly escalation: EscalationId; readonly told: string }
  | { readonly is: "unknown" | "running"; readonly told: string };

/** Opens a rehearsal as an operator: through the real channel, and nothing can change by it. */
export async function startRehearsal(
  { journal }: { readonly journal: Journal },
  deployment: string,
): Promise<Rehearsing> {
  const known = [...(await journal.look([])).situation("").policy.deployments.keys()];
  // A name that no policy knows gets no stream of its own.
  if (!known.includes(deployment)) return unknown(await journal.look([]), deployment, known);
  const asked = { key: null, surface: "http" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, (work): Rehearsing => {
    const outcome = rehearse(work.situation(deployment), { type: "operator" });
    if (isRefusal(outcome)) return { is: "running", told: inWords(work, deployment, outcome) };
    const entries = work.add(`deployment:${deployment}`, outcome);
    const told = confirmation(work.viewContext(deployment), entries);
    const opened = entries.find((entry) => entry.kind === "escalation.opened");
    return opened ? { is: "open", escalation: opened.escalation, told } : { is: "running", told };
  });
  return result;
}

function unknown(work: UnitOfWork, name: string, known: readonly string[]): Rehearsing {
  const refusal = {
    refused: "unknown-deployment",
    name,
    nearest: nearestNames(name, known),
  } as const;
  return { is: "unknown", told: inWords(work, "", refusal) };
}

const inWords = (work: UnitOfWork, deployment: string, refusal: Refusal): string =>
  refusalText(work.viewContext(deployment), {
    refusal,
    actor: null,
    asked: { verb: "rehearse", words: [], reason: "" },
  }).text;
