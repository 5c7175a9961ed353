import { type Commitment, type PersonId, personId } from "../ids.ts";
import { atWall, type Weekday } from "../time.ts";
import { type AuthorityDoc, canonicalAuthority, canonicalChange } from "./canonical-authority.ts";
import { changeOf, rememberedIn, type responseParts, triggerOf } from "./compile-trigger.ts";
import { expectationsOf } from "./expectation.ts";
import type {
  AuditAddress,
  Authority,
  Deployment,
  Endpoint,
  Pager,
  Policy,
  Ref,
  Schedule,
  Source,
} from "./model.ts";
import { weekdayNumber } from "./schema/field-schemas.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";
import type { Severity } from "./severity.ts";
import { authOf } from "./source-auth.ts";
import { readingOf } from "./source-context.ts";
import { millis, recurrenceOf } from "./spans.ts";

/**
 * The policy as the log knows it: people as random ids, names and chat ids gone, words as
 * commitments, everything else as written. Its canonical bytes are what the digest covers. Scopes
 * become a list, since canonical JSON sorts keys.
 */
export function canonicalPolicy(
  doc: PolicyDoc,
  idOf: (key: string) => PersonId,
  commitmentOf: (text: string) => Commitment,
): object {
  const ref = (name: string): string => (name.startsWith("schedule:") ? name : idOf(name));
  const { $schema: _schema, people, readers, redact, adoption, schedules, ...others } = doc;
  const { deployments, triggers, ...rest } = others;
  return withoutUndefined({
    ...rest,
    ...(readers && { readers: canonicalReaders(readers, idOf) }),
    ...(adoption && { adoption: adoption.by ? { by: adoption.by.map(idOf).sort() } : {} }),
    ...(redact && { redact: { by: redact.by.map(idOf).sort() } }),
    people: Object.keys(people).map(idOf).sort(),
    schedules: mapValues(schedules, (schedule) => ({
      ...schedule,
      rotation: schedule.rotation.map(idOf),
      overrides: schedule.overrides.map((override) => ({
        ...override,
        person: idOf(override.person),
      })),
    })),
    deployments: mapValues(deployments, (deployment) => ({
      ...deployment,
      ...(deployment.owner === undefined ? {} : { owner: idOf(deployment.owner) }),
      scopes: Object.entries(deployment.scopes).map(([id, scope]) => ({ id, ...scope })),
      authority: canonicalAuthority(deployment.authority, ref, idOf),
      ...(deployment.severities && {
        severities: mapValues(deployment.severities, (said) => ({
          authority: canonicalChange(said?.authority ?? {}, ref, idOf),
        })),
      }),
    })),
    triggers: mapValues(triggers, (trigger) => ({
      ...trigger,
      because: commitmentOf(trigger.because),
      response: canonicalResponse(trigger.response, idOf),
      ...(trigger.authority && { authority: canonicalChange(trigger.authority, ref, idOf) }),
      ...(trigger.steps && { steps: trigger.steps.map(commitmentOf) }),
    })),
  });
}

/** By random id; "all" is written out, so that every reader is a line of the policy in words. */
const canonicalReaders = (
  readers: NonNullable<PolicyDoc["readers"]>,
  idOf: (key: string) => PersonId,
) =>
  Object.fromEntries(
    Object.entries(readers).map(([key, { deployments }]) => [
      idOf(key),
      { deployments: deployments ? deployments.toSorted() : "all" },
    ]),
  );

type ResponseDoc = PolicyDoc["triggers"][string]["response"];

/** As it is written; whoever is to run something as a random id. */
function canonicalResponse(doc: ResponseDoc, idOf: (key: string) => PersonId): ResponseDoc {
  if (Array.isArray(doc)) return doc.map((part) => canonicalPart(part, idOf));
  return canonicalPart(doc, idOf);
}

function canonicalPart(
  part: ReturnType<typeof responseParts>[number],
  idOf: (key: string) => PersonId,
): ReturnType<typeof responseParts>[number] {
  const isOfSomebody = typeof part !== "string" && "retest" in part && part.retest.by !== undefined;
  return isOfSomebody ? { retest: { ...part.retest, by: idOf(part.retest.by ?? "") } } : part;
}

const mapValues = <T, U>(
  all: Readonly<Record<string, T>>,
  to: (value: T) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([key, value]) => [key, to(value)]));

const withoutUndefined = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

type Canonical = Omit<PolicyDoc, "people" | "readers" | "deployments" | "$schema"> & {
  readonly readers?: Readonly<Record<string, { readonly deployments: readonly string[] | "all" }>>;
  readonly people: readonly string[];
  readonly deployments: Readonly<
    Record<
      string,
      Omit<PolicyDoc["deployments"][string], "scopes"> & { readonly scopes: readonly ScopeDoc[] }
    >
  >;
};

type ScopeDoc = {
  readonly id: string;
  readonly audience?: string;
  readonly tools?: boolean;
} & Readonly<Record<string, string | number | boolean>>;

/** Left out of a policy, so that the digests of older ones stay. */
const rebindByDefault = 86_400_000;

/**
 * Makes the runtime policy from its canonical form, written by {@link canonicalPolicy} and checked
 * before it was adopted.
 */
export function compilePolicy(canonical: object): Omit<Policy, "digest"> & { readonly digest: "" } {
  const doc = canonical as Canonical;
  const remembered = rememberedIn(doc);
  return {
    digest: "",
    people: new Set(doc.people.map(personId)),
    readers: doc.readers === undefined ? null : readersOf(doc.readers),
    redact: doc.redact === undefined ? null : new Set(doc.redact.by.map(personId)),
    adoption: doc.adoption
      ? { by: doc.adoption.by ? new Set(doc.adoption.by.map(personId)) : null }
      : null,
    schedules: mapOf(doc.schedules, scheduleOf),
    channels: mapOf(doc.channels, (id, { slack, teams }) => ({
      id,
      slack: slack ?? null,
      teams: teams ?? null,
    })),
    deployments: mapOf(doc.deployments, deploymentOf),
    groups: mapOf(doc.groups ?? {}, (_id, members) => members),
    triggers: mapOf(doc.triggers, (id, trigger) => triggerOf(id, trigger, remembered)),
    rebind: doc.rebind === undefined ? rebindByDefault : millis(doc.rebind),
    unmatchedChannel: doc.unmatched?.channel ?? null,
    sources: mapOf(doc.sources, (id, source) => sourceOf(id, source, doc)),
    notify: mapOf(doc.notify ?? {}, endpointOf),
    wake: mapOf(doc.wake ?? {}, pagerOf),
    audit: mapOf(doc.audit ?? {}, auditAddressOf),
  };
}

const readersOf = (readers: NonNullable<Canonical["readers"]>): Policy["readers"] =>
  new Map(
    Object.entries(readers).map(([id, { deployments }]) => [
      personId(id),
      deployments === "all" ? "all" : new Set(deployments),
    ]),
  );

/**
 * In the order of names, whether it is read from a file or from the log, whose canonical JSON sorts
 * them.
 */
const mapOf = <T, U>(
  all: Readonly<Record<string, T>>,
  to: (id: string, value: T) => U,
): ReadonlyMap<string, U> =>
  new Map(
    Object.entries(all)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, value]) => [id, to(id, value)]),
  );

const scheduleOf = (id: string, doc: PolicyDoc["schedules"][string]): Schedule => ({
  id,
  timezone: doc.timezone,
  rotation: doc.rotation.map(personId),
  handoff: recurrenceOf(doc.handoff),
  overrides: doc.overrides.map(({ person, from, to }) => ({
    person: personId(person),
    from: atWall(from.slice(0, 10), from.slice(11), doc.timezone),
    to: atWall(to.slice(0, 10), to.slice(11), doc.timezone),
  })),
});

function daysOf(days: PolicyDoc["deployments"][string]["hours"]["days"]): readonly Weekday[] {
  if (typeof days !== "string") return days.map(weekdayNumber);
  const [first = "mon", last = first] = days.split("-");
  const found: Weekday[] = [];
  for (let day = weekdayNumber(first); ; day = (day === 7 ? 1 : day + 1) as Weekday) {
    found.push(day);
    if (day === weekdayNumber(last)) return found;
  }
}

const deploymentOf = (id: string, doc: Canonical["deployments"][string]): Deployment => ({
  id,
  name: doc.name,
  model: doc.model,
  owner: doc.owner === undefined ? null : personId(doc.owner),
  channel: doc.channel,
  starts: doc.starts,
  scopes: doc.scopes.map(({ id: scope, audience = "", tools = null, ...more }) => ({
    id: scope,
    audience,
    tools,
    more,
  })),
  authority: authorityOf(doc.authority),
  severities: new Map(
    Object.entries(doc.severities ?? {}).map(([severity, said]) => [
      severity as Severity,
      changeOf(said?.authority ?? {}),
    ]),
  ),
  undo: millis(doc.undo),
  hours: { ...doc.hours, days: daysOf(doc.hours.days) },
  reassess: {
    every: doc.reassess.every ? recurrenceOf(doc.reassess.every) : null,
    within: mapValues(doc.reassess.within, millis) as Deployment["reassess"]["within"],
    remind: doc.reassess.remind.map(millis),
    overdueEvery: millis(doc.reassess.overdue.every),
    onOverdue: onOverdueOf(doc.reassess),
    on: doc.reassess.on,
  },
  enforcement: doc.enforcement
    ? {
        gateways: doc.enforcement.gateways,
        confirmWithin: millis(doc.enforcement.confirmWithin),
      }
    : null,
});

/** Left out of a policy, so that the digests of older ones stay. */
const graceByDefault = 604_800_000;

function onOverdueOf({
  onOverdue,
  grace,
}: PolicyDoc["deployments"][string]["reassess"]): Deployment["reassess"]["onOverdue"] {
  if (onOverdue === undefined || onOverdue === "remind") return null;
  const after = grace === undefined ? graceByDefault : millis(grace);
  return typeof onOverdue === "string"
    ? { kind: onOverdue, scope: null, grace: after }
    : { kind: "narrow", scope: onOverdue.narrow, grace: after };
}

const refOf = (text: string): Ref =>
  text.startsWith("schedule:") ? (text as Ref) : personId(text);

const authorityOf = (doc: AuthorityDoc): Authority => ({
  acknowledge: doc.acknowledge.map(refOf),
  restrict: {
    decider: refOf(doc.restrict.decider),
    deputies: doc.restrict.deputies.map(refOf),
    alsoMay: doc.restrict.alsoMay.map(refOf),
  },
  widen: {
    decider: refOf(doc.widen.decider),
    deputies: doc.widen.deputies.map(refOf),
    confirm: { ...doc.widen.confirm, by: doc.widen.confirm.by.map(refOf) },
  },
  breakGlass: doc.breakGlass.map(personId),
});

const endpointOf = (id: string, doc: NonNullable<PolicyDoc["notify"]>[string]): Endpoint => ({
  id,
  url: doc.url,
  secrets: [doc.secret].flat(),
  events: new Set(doc.events),
  deployments: doc.deployments ? new Set(doc.deployments) : null,
  privateAddresses: doc.privateAddresses ?? [],
});

function auditAddressOf(
  id: string,
  { channel, url, secret = [], privateAddresses = [], directory = "", witness }: AuditDoc,
): AuditAddress {
  if (channel !== undefined) return { id, kind: "channel", channel };
  if (url === undefined) return { id, kind: "directory", directory };
  return witness === undefined
    ? { id, kind: "webhook", url, secrets: [secret].flat(), privateAddresses }
    : { id, kind: "witness", vkey: witness, url, privateAddresses };
}

type AuditDoc = NonNullable<PolicyDoc["audit"]>[string];

const pagerOf = (id: string, doc: NonNullable<PolicyDoc["wake"]>[string]): Pager => ({
  id,
  routingKey: doc.routingKey,
  deployments: new Set(doc.deployments),
  // Adopted before these two could be said, a pager has neither.
  severities: new Set(doc.severities ?? ["high", "critical"]),
  region: doc.region ?? "us",
});

const sourceOf = (id: string, doc: PolicyDoc["sources"][string], policy: Canonical): Source => ({
  ...readingOf(id, doc),
  auth: authOf(doc),
  expect: expectationsOf(doc, policy),
});
