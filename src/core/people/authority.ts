import type { PersonId } from "../ids.ts";
import type { AuthorityRule } from "../log/entry-fields.ts";
import { ruledFor } from "../policy/authority-for.ts";
import type { Authority, Deployment, Policy, Ref } from "../policy/model.ts";
import { whoIsOnCall } from "../policy/on-call.ts";
import { isAway, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";

/**
 * Who may do what. Rules are pinned when an escalation opens; people and schedules are always
 * current; a later policy may take authority away, never add it. So a person needs the rule in
 * both.
 */

/** What an escalation's rules depend on: one that is open, or one that is about to be opened. */
export type Ruled = Pick<EscalationState, "policy" | "trigger" | "severity" | "named">;

/** By the rules of the policy in force. */
export function ruledNow(
  { policy }: Pick<Situation, "policy">,
  { trigger, severity }: Pick<EscalationState, "trigger" | "severity">,
): Ruled {
  return { policy: policy.digest, trigger, severity, named: [] };
}

/**
 * What authority is asked for. `start` begins a resume (and is enough for keep); `confirm`
 * completes it.
 */
export type Capability = "acknowledge" | "restrict" | "start" | "confirm" | "breakGlass";

/** Resolves who a reference means this minute; null where a schedule or person is gone. */
export function personFor(
  { policy, now }: Pick<Situation, "policy" | "now">,
  ref: Ref,
): PersonId | null {
  if (!ref.startsWith("schedule:"))
    return policy.people.has(ref as PersonId) ? (ref as PersonId) : null;
  const schedule = policy.schedules.get(ref.slice("schedule:".length));
  if (!schedule) return null;
  const person = whoIsOnCall(schedule, now);
  return policy.people.has(person) ? person : null;
}

/**
 * Whether a reference means this person at some time: by name, in a rotation, or in an override of
 * it.
 */
export function mayMean(
  { schedules }: Pick<Policy, "schedules">,
  ref: Ref,
  person: PersonId,
): boolean {
  if (!ref.startsWith("schedule:")) return ref === person;
  const schedule = schedules.get(ref.slice("schedule:".length));
  return (
    schedule !== undefined &&
    (schedule.rotation.includes(person) ||
      schedule.overrides.some((override) => override.person === person))
  );
}

/** The distinct people a list of references means this minute, in order. */
export function peopleFor(
  situation: Pick<Situation, "policy" | "now">,
  refs: readonly Ref[],
): readonly PersonId[] {
  return [
    ...new Set(refs.map((ref) => personFor(situation, ref)).filter((person) => person !== null)),
  ];
}

/**
 * Which references carry a capability under one set of rules, strongest first, each with the rule's
 * name.
 */
function refsFor(
  authority: Authority,
  capability: Capability,
): readonly (readonly [AuthorityRule, readonly Ref[]])[] {
  const { acknowledge, restrict, widen, breakGlass } = authority;
  const restricters = [
    ["restrict.decider", [restrict.decider]],
    ["restrict.deputy", restrict.deputies],
    ["restrict.alsoMay", restrict.alsoMay],
  ] as const;
  switch (capability) {
    case "acknowledge":
      return [
        ["acknowledge", acknowledge],
        ...restricters,
        ["widen.decider", [widen.decider]],
        ["widen.deputy", widen.deputies],
      ];
    case "restrict":
      return restricters;
    case "start":
      return [
        ["widen.decider", [widen.decider]],
        ["widen.deputy", widen.deputies],
      ];
    case "confirm":
      return [["widen.confirm", widen.confirm.by]];
    case "breakGlass":
      return [["breakGlass", breakGlass]];
  }
}

/**
 * Deputies start a resume once authority has passed, while the decider is away or cannot be
 * reached, and when a later policy took the decider's authority: else nobody could.
 */
function standsIn(situation: Situation, deployment: Deployment, escalation: Ruled | null): boolean {
  if (escalation && escalation.named.length > 1) return true;
  const decider = personFor(situation, deployment.authority.widen.decider);
  if (decider === null || isAway(situation, decider) || situation.unreachable(decider)) return true;
  const today = governing(situation, escalation) ?? deployment;
  const { widen } = today.authority;
  return (
    today.owner === decider ||
    !peopleFor(situation, [widen.decider, ...widen.deputies]).includes(decider)
  );
}

function holdersUnder(
  situation: Situation,
  {
    deployment,
    capability,
    escalation,
  }: {
    readonly deployment: Deployment;
    readonly capability: Capability;
    readonly escalation: Ruled | null;
  },
) {
  const holders = new Map<PersonId, AuthorityRule>();
  for (const [rule, refs] of refsFor(deployment.authority, capability)) {
    if (
      capability === "start" &&
      rule === "widen.deputy" &&
      !standsIn(situation, deployment, escalation)
    )
      continue;
    for (const person of peopleFor(situation, refs))
      if (!holders.has(person)) holders.set(person, rule);
  }
  return holders;
}

/** Release owners never stand behind a resume, whichever of the two policies names them so. */
const barredOwners = (situation: Situation, escalation: Ruled | null): ReadonlySet<PersonId> =>
  new Set(
    rulesFor(situation, escalation)
      .map((deployment) => deployment.owner)
      .filter((owner) => owner !== null),
  );

function rulesFor(situation: Situation, escalation: Ruled | null): readonly Deployment[] {
  const current = governing(situation, escalation);
  if (!current) return [];
  if (!escalation || escalation.policy === situation.policy.digest) return [current];
  const then = ruledFor(situation.pinned(escalation.policy), situation.state.id, escalation);
  return then ? [then, current] : [current];
}

/** The deployment by the policy in force, with the authority that counts for an escalation. */
export function governing(
  { policy, state }: Pick<Situation, "policy" | "state">,
  escalation: Ruled | null,
): Deployment | undefined {
  return ruledFor(policy, state.id, escalation);
}

/** Whom the rules that count for all of these let confirm a resume, each reference once. */
export function confirmRefs(
  situation: Situation,
  escalations: readonly (Ruled | null)[],
): readonly Ref[] {
  const all = escalations.map((each) => governing(situation, each)?.authority.widen.confirm.by);
  return [...new Set(all.flatMap((refs) => refs ?? []))];
}

/**
 * Everybody who holds a capability this minute and the rule that gives it, strongest first. With an
 * escalation: the rules pinned when it opened, held against today's. Release owners are left out of
 * `start` and `confirm`.
 */
export function holders(
  situation: Situation,
  capability: Capability,
  escalation: Ruled | null,
): ReadonlyMap<PersonId, AuthorityRule> {
  const [first, ...others] = rulesFor(situation, escalation).map((deployment) =>
    holdersUnder(situation, { deployment, capability, escalation }),
  );
  const owners =
    capability === "start" || capability === "confirm"
      ? barredOwners(situation, escalation)
      : new Set<PersonId>();
  return new Map(
    [...(first ?? [])].filter(
      ([person]) => !owners.has(person) && others.every((rules) => rules.has(person)),
    ),
  );
}

/** The rule under which this person holds the capability, or null. */
export function ruleFor(
  situation: Situation,
  {
    capability,
    person,
    escalation,
  }: {
    readonly capability: Capability;
    readonly person: PersonId;
    readonly escalation: Ruled | null;
  },
): AuthorityRule | null {
  return holders(situation, capability, escalation).get(person) ?? null;
}

/** Whether the person is a release owner under the rules that count here. */
export function isOwner(situation: Situation, person: PersonId, escalation: Ruled | null): boolean {
  return barredOwners(situation, escalation).has(person);
}

/**
 * The named decider and then the deputies of the rules an escalation opened under, as they are
 * written.
 */
export function chainRefs(situation: Situation, escalation: Ruled | null): readonly Ref[] {
  const [rules] = rulesFor(situation, escalation);
  return rules ? [rules.authority.restrict.decider, ...rules.authority.restrict.deputies] : [];
}

/** The schedules among references, each once. */
export function schedulesIn(refs: readonly Ref[]): readonly string[] {
  return [
    ...new Set(
      refs.flatMap((ref) => (ref.startsWith("schedule:") ? [ref.slice("schedule:".length)] : [])),
    ),
  ];
}

/** Every schedule by which the rules that count here give anybody anything. */
export function schedulesFor(situation: Situation): readonly string[] {
  const { escalations } = situation.state;
  const rules = [null, ...escalations].flatMap((escalation) => rulesFor(situation, escalation));
  return schedulesIn(rules.flatMap(({ authority }) => refsIn(authority)));
}

/** Whom a rule names, besides those who may break glass. */
export function refsIn({
  acknowledge,
  restrict,
  widen,
}: Pick<Authority, "acknowledge" | "restrict" | "widen">): readonly Ref[] {
  return [
    ...acknowledge,
    restrict.decider,
    ...restrict.deputies,
    ...restrict.alsoMay,
    widen.decider,
    ...widen.deputies,
    ...widen.confirm.by,
  ];
}

/** {@link chainRefs} as people of this minute, as far as today's rules still let them. */
export function chainOf(situation: Situation, escalation: Ruled | null): readonly PersonId[] {
  const [, current] = rulesFor(situation, escalation);
  const chain = peopleFor(situation, chainRefs(situation, escalation));
  if (!current) return chain;
  const allowed = holdersUnder(situation, {
    deployment: current,
    capability: "restrict",
    escalation,
  });
  return chain.filter((person) => allowed.has(person));
}
