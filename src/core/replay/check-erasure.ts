import { erasureLasts, mayErase } from "../people/erasure.ts";
import { instantOf } from "../time.ts";
import { type Findings, inconsistent, unauthorized } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** Erasures: asked for by one person whom the policy names, and agreed to by another. */

export function* checkErasureAsked(moment: Moment<"redaction.asked">): Findings {
  const { entry, now } = moment;
  yield* checkNamed(moment);
  if ((entry.person === "") === (entry.entry === ""))
    yield inconsistent("it asks for a person and an entry to be erased, or for neither");
  if (instantOf(entry.expires) > now + erasureLasts)
    yield inconsistent(`its request waits until ${entry.expires}, longer than a day`);
}

export function* checkErased(moment: Moment<"log.redacted">): Findings {
  const { entry, now, situation } = moment;
  yield* checkNamed(moment);
  const asked = situation.org.erasures[entry.asked];
  if (!asked) return yield inconsistent(`nobody waits for an agreement to ${entry.asked}`);
  if (asked.by === actorOf(moment))
    yield unauthorized(`${asked.by} asked for the erasure and agreed to it alone`);
  if (situation.policy.redact !== null && !mayErase(situation.policy, asked.by))
    yield unauthorized(`${asked.by}, who asked for it, may not erase any more`);
  if (asked.person !== entry.person || asked.entry !== entry.entry)
    yield inconsistent(`it erases something else than ${entry.asked} asked for`);
  if (asked.until < now) yield inconsistent("the time to agree to it had passed");
}

function* checkNamed(moment: Moment<"redaction.asked"> | Moment<"log.redacted">): Findings {
  const actor = actorOf(moment);
  const { policy } = moment.situation;
  if (actor === null || !policy.people.has(actor))
    yield unauthorized(`${actor ?? "nobody"} is not named by the policy in force`);
  else if (!mayErase(policy, actor))
    yield unauthorized(`${actor} is not among those who may erase by the policy in force`);
  if (moment.entry.link !== undefined)
    yield unauthorized("it was done by a login link of the operator, which may erase nothing");
}
