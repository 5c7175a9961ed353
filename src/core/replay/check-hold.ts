import { mayErase } from "../people/erasure.ts";
import { type Findings, inconsistent, unauthorized } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** Legal holds: whoever the policy names may place one, and who may erase lifts it. */

export function* checkHeld(moment: Moment<"hold.placed">): Findings {
  const { entry, situation } = moment;
  const actor = actorOf(moment);
  if (entry.actor.type === "person" && (actor === null || !situation.policy.people.has(actor)))
    yield unauthorized(`${actor ?? "nobody"} is not named by the policy in force`);
  if ((entry.what === "everything") !== (entry.target === ""))
    yield inconsistent("it does not say what is held");
}

export function* checkLifted(moment: Moment<"hold.lifted">): Findings {
  const { entry, situation } = moment;
  const actor = actorOf(moment);
  if (actor === null || !mayErase(situation.policy, actor))
    yield unauthorized(`${actor ?? "nobody"} is not among those who may erase`);
  if (entry.link !== undefined)
    yield unauthorized("it was done by a login link of the operator, which may lift nothing");
  if (situation.org.holds?.[entry.hold] === undefined)
    yield inconsistent(`no hold ${entry.hold} stands`);
}
