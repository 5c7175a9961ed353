import type { PersonId } from "../ids.ts";
import { peopleFor } from "../people/authority.ts";
import { linkLasts } from "../people/login-links.ts";
import { accountChats, type SignInAccount } from "../people/person.ts";
import { hasNewAccount } from "../people/rebind.ts";
import { authoritiesOf } from "../policy/authority-for.ts";
import { instantOf } from "../time.ts";
import { type Findings, inconsistent, listed, unauthorized } from "./finding.ts";
import { actorOf, type Moment } from "./moment.ts";

/** People: who is away, who is let in by which link, whose account is whose. */

export function* checkAway(moment: Moment<"person.away">): Findings {
  const { entry } = moment;
  const actor = actorOf(moment);
  if (actor === null || actor === entry.person) return;
  const may = deputiesOf(moment, entry.person);
  if (!may.has(actor))
    yield unauthorized(
      `${actor} marked ${entry.person} as away; besides themselves these may: ${listed(may)}`,
    );
}

/** A deputy or the owner of a deployment where that person decides. */
function deputiesOf({ situation }: Moment<"person.away">, person: PersonId): ReadonlySet<PersonId> {
  const { policy } = situation;
  const ruled = [...policy.deployments.values()].flatMap((deployment) =>
    authoritiesOf(policy, deployment).map((authority) => ({ authority, owner: deployment.owner })),
  );
  const all = ruled.flatMap(({ authority, owner }) => {
    const { restrict, widen } = authority;
    if (!peopleFor(situation, [restrict.decider, widen.decider]).includes(person)) return [];
    const deputies = peopleFor(situation, [...restrict.deputies, ...widen.deputies]);
    return owner === null ? deputies : [...deputies, owner];
  });
  return new Set(all.filter((other) => other !== person));
}

export function* checkIssued(moment: Moment<"session.issued">): Findings {
  const { entry, now, situation } = moment;
  if (entry.signIn) yield* checkSignIn(moment, entry.signIn.account);
  else if (entry.actor.type === "person") {
    const isOwn = accountChats.some((chat) => chat === entry.surface);
    if (actorOf(moment) !== entry.person || !isOwn)
      yield unauthorized(
        `it makes a login link for ${entry.person}, and not they themselves in a chat`,
      );
  }
  if (!situation.policy.people.has(entry.person))
    yield inconsistent(`it makes a login link for ${entry.person}, whom the policy does not name`);
  if (instantOf(entry.expires) > now + linkLasts)
    yield inconsistent(`its login link is good until ${entry.expires}, longer than ten minutes`);
}

/** Nobody signs in for somebody else, nor by an account that is not on the record as theirs. */
function* checkSignIn(moment: Moment<"session.issued">, account: SignInAccount): Findings {
  const { entry, situation } = moment;
  if (actorOf(moment) !== entry.person || entry.surface !== "console")
    yield unauthorized(`it signs ${entry.person} in, and not they themselves on the console`);
  else if (situation.org.bound[entry.person]?.[account] === undefined)
    yield unauthorized(
      `it signs ${entry.person} in by an account (${account}) that the record does not know as theirs`,
    );
}

export function* checkUsed(moment: Moment<"session.used">): Findings {
  const { entry, memory, situation, now } = moment;
  const owner = memory.logins.get(entry.issued);
  if (actorOf(moment) !== entry.person || owner !== entry.person)
    return yield unauthorized(
      `it lets ${entry.person} in by ${entry.issued}, which is no login link made for them`,
    );
  const link = situation.org.links[entry.issued];
  if (link?.used) yield inconsistent("that login link had been used already");
  else if (link?.ended) yield inconsistent("that login link had been ended");
  else if (link && link.until < now) yield inconsistent("that login link had expired");
}

export function* checkEnded(moment: Moment<"session.ended">): Findings {
  const { entry, memory } = moment;
  if (actorOf(moment) !== entry.person)
    yield unauthorized(`it ends a session of ${entry.person} in the name of another`);
  const other = entry.issued.find((id) => memory.logins.get(id) !== entry.person);
  if (other !== undefined)
    yield inconsistent(`it ends ${other}, which is no login link made for ${entry.person}`);
}

export function* checkLinked(moment: Moment<"identity.linked">): Findings {
  const { entry, situation, memory } = moment;
  if (actorOf(moment) !== entry.person)
    yield unauthorized(`it links an account to ${entry.person} in the name of another`);
  if (!situation.policy.people.has(entry.person))
    yield inconsistent(`it links an account to ${entry.person}, whom the policy does not name`);
  if (situation.org.linked[entry.person]?.includes(entry.chat))
    yield inconsistent(`${entry.person} had an account in ${entry.chat} already`);
  if (situation.org.bound[entry.person]?.[entry.chat] !== undefined)
    yield inconsistent(`${entry.person} was known by an account in ${entry.chat} already`);
  if (entry.link !== undefined && memory.logins.get(entry.link) !== entry.person)
    yield inconsistent(`it rests on ${entry.link}, which is no login link made for them`);
}

export function* checkUnlinked(moment: Moment<"identity.unlinked">): Findings {
  const { entry, situation } = moment;
  if (!situation.org.linked[entry.person]?.includes(entry.chat))
    yield inconsistent(`${entry.person} had linked no account in ${entry.chat}`);
  if (entry.because === "asked" && actorOf(moment) !== entry.person)
    yield unauthorized(`it unlinks an account of ${entry.person} in the name of another`);
}

/** Whoever is bound is named by the policy, and was bound to nothing of the kind before. */
export function* checkBound({ entry, situation }: Moment<"identity.bound">): Findings {
  const { bound } = situation.org;
  for (const { person, parts } of entry.bound) {
    if (!situation.policy.people.has(person))
      yield inconsistent(`it records ${person}, whom the policy does not name`);
    const known = parts.find(({ of }) => bound[person]?.[of] !== undefined);
    if (known)
      yield inconsistent(
        `it records another ${known.of} of ${person} as if none had been recorded before`,
      );
  }
}

/**
 * What somebody was known by before is what the record says, and a new account is new for a while.
 */
export function* checkIdentity({ entry, situation, now }: Moment<"identity.changed">): Findings {
  const isNamed = situation.policy.people.has(entry.person);
  if (isNamed === (entry.what === "removed"))
    yield inconsistent(
      `it says that ${entry.person} was ${entry.what}; the policy ${isNamed ? "names them" : "does not"}`,
    );
  if (entry.what === "added") return;
  const known = situation.org.bound[entry.person] ?? {};
  const other = entry.changes.find(({ of, before }) => known[of] && before !== known[of]);
  if (other)
    yield inconsistent(
      `the ${other.of} of ${entry.person} that it says was theirs is not the one on the record`,
    );
  const { rebind } = situation.policy;
  const isRecorded = Object.keys(situation.org.bound).length > 0;
  if (!isRecorded || rebind === 0 || entry.what !== "changed") return;
  const isNew = hasNewAccount(entry.changes);
  if (isNew && (entry.rebind === undefined || instantOf(entry.rebind) < now + rebind))
    yield inconsistent(
      `the account of ${entry.person} is new, and it does not say so for as long as the policy does`,
    );
}
