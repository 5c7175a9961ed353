import type { EntryKind } from "../log/entry.ts";
import { type Actor, accountChats } from "../people/person.ts";
import { type Findings, inconsistent, unauthorized } from "./finding.ts";
import type { Moment } from "./moment.ts";

/** What is asked of every entry, whatever its kind: its place, its policy, and who made it. */

type ActorType = Actor["type"];

/** Who can have made an entry of each kind. */
const makers: Readonly<Record<EntryKind, readonly ActorType[]>> = {
  "policy.adopted": ["operator", "person"],
  "policy.proposed": ["operator"],
  "escalation.opened": ["policy", "person", "operator", "stranger"],
  "escalation.updated": ["policy"],
  "escalation.acknowledged": ["person"],
  "acknowledge.missed": ["policy"],
  "authority.passed": ["policy"],
  "escalation.moved": ["policy"],
  "oncall.changed": ["policy"],
  "decision.proposed": ["person"],
  "decision.confirmed": ["person"],
  "decision.lapsed": ["policy", "person"],
  "decision.made": ["person", "policy"],
  "decision.explained": ["person"],
  "decision.denied": ["person", "stranger", "operator"],
  "reassessment.set": ["person", "policy"],
  "reassessment.reminded": ["policy"],
  "reassessment.overdue": ["policy"],
  "reassessment.warned": ["policy"],
  "escalation.closed": ["policy", "person"],
  "enforcement.reported": ["policy", "gateway"],
  "rehearsal.answered": ["person", "policy"],
  "retest.followed": ["policy"],
  "signal.noted": ["policy"],
  "trigger.shadowed": ["policy"],
  "person.away": ["person"],
  "session.issued": ["operator", "person"],
  "session.used": ["person"],
  "session.ended": ["person"],
  "identity.bound": ["operator", "person"],
  "identity.changed": ["operator", "person"],
  "identity.linked": ["person"],
  "identity.unlinked": ["person", "operator"],
  "log.restored": ["operator"],
  "key.rotated": ["operator"],
  "redaction.asked": ["person"],
  "log.redacted": ["person"],
  "hold.placed": ["person", "operator"],
  "hold.lifted": ["person"],
  "record.read": ["auditor", "operator", "person"],
};

/** Kinds that belong to no deployment. */
const ofOrg: ReadonlySet<EntryKind> = new Set([
  "policy.adopted",
  "policy.proposed",
  "person.away",
  "session.issued",
  "session.used",
  "session.ended",
  "identity.bound",
  "identity.changed",
  "identity.linked",
  "identity.unlinked",
  "log.restored",
  "key.rotated",
  "redaction.asked",
  "log.redacted",
  "hold.placed",
  "hold.lifted",
  "record.read",
]);

export function* checkBase(moment: Moment): Findings {
  yield* checkPolicy(moment);
  yield* checkSubject(moment);
  yield* checkActor(moment);
  yield* checkLink(moment);
}

function* checkPolicy({ entry, situation, memory }: Moment): Findings {
  const { policy } = situation.org;
  if (entry.policy === policy) return;
  const said = entry.policy === "" ? "no policy" : `the policy ${entry.policy}`;
  const inForce =
    policy === "" ? "none has been adopted" : `${policy} is, since entry ${memory.adopted}`;
  yield inconsistent(`it says that ${said} is in force, but ${inForce}`);
}

function* checkSubject({ entry, situation }: Moment): Findings {
  const { subject, kind } = entry;
  const isOfOrg = subject === "org";
  if (isOfOrg !== ofOrg.has(kind))
    yield inconsistent(
      `it is a ${kind} about “${subject}”, which is not what such an entry is about`,
    );
  if ("deployment" in entry && entry.deployment !== situation.state.id)
    yield inconsistent(`its subject is “${subject}”, but its deployment “${entry.deployment}”`);
}

function* checkActor({ entry, memory }: Moment): Findings {
  const { actor, kind } = entry;
  if (!makers[kind].includes(actor.type))
    yield unauthorized(`a ${kind} is never made by ${actorName(actor.type)}`);
  if (actor.type === "person" && !memory.named.has(actor.person))
    yield inconsistent(`${actor.person}, who made it, was not named by any policy until then`);
}

function actorName(type: ActorType): string {
  const names: Readonly<Record<ActorType, string>> = {
    person: "a person",
    policy: "the policy by itself",
    operator: "the operator",
    gateway: "a gateway",
    auditor: "an auditor",
    stranger: "an account that the policy does not name",
  };
  return names[type];
}

/** A login link stands behind what is done in its session, or from an account linked in one. */
function* checkLink({ entry, situation, memory }: Moment): Findings {
  const { link, actor, surface } = entry;
  if (actor.type !== "person" || entry.kind === "identity.linked") return;
  if (link !== undefined && memory.logins.get(link) !== actor.person)
    yield inconsistent(
      `it says that ${actor.person} was signed in by ${link}, which is no login link made for them`,
    );
  const chat = accountChats.find((chat) => chat === surface);
  const behind = chat && situation.org.linkedBy[actor.person]?.[chat];
  if (chat && behind !== link)
    yield inconsistent(
      `the account of ${actor.person} in ${chat} rests on ${behind ?? "no login link"}, but it says ${link ?? "none"}`,
    );
}
