import { holders } from "../core/authority.ts";
import { foldDeployment, unheardOf } from "../core/fold.ts";
import { historyLine } from "../core/history.ts";
import { type EscalationId, escalationNumber, type Instant, type PersonId } from "../core/ids.ts";
import type { Response } from "../core/policy/model.ts";
import { paused, stateWord } from "../core/posture.ts";
import { deploymentOf } from "../core/situation.ts";
import type { Decided, DeploymentState, EscalationState } from "../core/state.ts";
import { nameOf, type Telling } from "../core/telling.ts";
import { rfc3339 } from "../core/time.ts";
import { plain } from "../core/words.ts";
import { type AuditParts, tellingWithTexts } from "./audit.ts";
import type { Desk } from "./desk.ts";
import type {
  DecisionFilter,
  DeploymentBody,
  EntryFilter,
  EscalationBody,
  EscalationFilter,
  Recorded,
  Store,
} from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What the read routes answer: bodies with names and RFC 3339 times. The past comes from the log itself. */

/** The state of a deployment as the log had it at an instant: the same fold, stopped there. */
const stateAt = async (store: Store, deployment: string, at: Instant): Promise<DeploymentState> => {
  const until = at + 1;
  let state = unheardOf(deployment);
  const adopted = await all(store, { kinds: ["policy.adopted"], until });
  const own = await all(store, { deployment, until });
  for (const { entry } of [...adopted, ...own].sort((a, b) => a.index - b.index))
    state = foldDeployment(state, entry);
  return state;
};

/** Every entry a filter finds, oldest first. */
const all = async (
  store: Store,
  filter: Omit<EntryFilter, "limit">,
): Promise<readonly Recorded[]> => {
  const found: Recorded[] = [];
  for (;;) {
    const below = found.at(-1)?.index;
    const page = await store.entries({
      ...filter,
      ...(below === undefined ? {} : { below }),
      limit: 500,
    });
    found.push(...page);
    if (page.length < 500) return found.reverse();
  }
};

export const createReads = (parts: AuditParts) => {
  const { store, journal, rules } = parts;
  return {
    deployment: async (id: string, at: Instant | null) =>
      deploymentBody(store, await journal.look([id]), id, at),
    deployments: async (at: Instant | null): Promise<readonly DeploymentBody[]> => {
      const { org } = await journal.look([]);
      const ids = [...rules.policy(org.policy).deployments.keys()];
      const desk = await journal.look(ids);
      const bodies = await Promise.all(ids.map((id) => deploymentBody(store, desk, id, at)));
      return bodies.filter((body) => body !== undefined);
    },
    escalation: async (id: EscalationId) => {
      const one = await store.escalation(id);
      return one && (await escalationBody(parts, one));
    },
    escalations: async ({ status, deployment, below, limit }: EscalationFilter) => {
      const found = await store.escalations({
        limit: limit + 1,
        ...(status === null ? {} : { status }),
        ...(deployment === null ? {} : { deployment }),
        ...(below === null ? {} : { below }),
      });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next = found.length > limit && last ? escalationNumber(last.id) : null;
      return { items: await Promise.all(items.map((one) => escalationBody(parts, one))), next };
    },
    decisions: (filter: DecisionFilter) => decisionsPage(parts, filter),
  };
};

const deploymentBody = async (
  store: Store,
  desk: Desk,
  id: string,
  at: Instant | null,
): Promise<DeploymentBody | undefined> => {
  const telling = desk.telling(id);
  const rule = deploymentOf(telling.situation);
  const { posture, reassess, carriers } =
    at === null ? desk.state(id) : await stateAt(store, id, at);
  if (!rule || !posture) return undefined;
  const { decided } = posture;
  return {
    id,
    name: rule.name,
    state: stateWord(rule, posture.scope),
    scope: posture.scope === paused ? null : posture.scope,
    ...decidedPart(telling, decided),
    reassessBy: reassess ? rfc3339(reassess.by) : null,
    version: posture.version,
    scopes: rule.scopes.map(({ id: scope, audience, tools, more }) => ({
      id: scope,
      allows: { audience, tools, ...more },
    })),
    applied: Object.entries(carriers).flatMap(([gateway, { applied }]) =>
      applied ? [{ gateway, version: applied.version, at: rfc3339(applied.at) }] : [],
    ),
  };
};

const decidedPart = (telling: Telling, decided: Decided | null) => ({
  decision: decided?.decision ?? null,
  decidedBy: (decided?.people ?? []).map((person) => nameOf(telling, person)),
  decidedAt: decided ? rfc3339(decided.at) : null,
});

const whenOrNull = (at: Instant | null): string | null => (at === null ? null : rfc3339(at));

const escalationBody = async (
  { store, journal, rules }: AuditParts,
  one: EscalationState,
): Promise<EscalationBody> => {
  const desk = await journal.look([one.deployment]);
  await rules.load([desk.org.policy, one.policy]);
  const telling = desk.telling(one.deployment);
  const evidence = await store.evidenceOf([one.id]);
  const named = (person: PersonId) => ({ name: nameOf(telling, person) });
  const restricters = [...holders(telling.situation, "restrict", one)];
  const deputies = restricters.filter(([, rule]) => rule === "restrict.deputy");
  const { id, trigger, deployment, severity, status } = one;
  return {
    ...{ id, trigger, deployment, severity, status },
    decider: one.decider === "" ? null : named(one.decider),
    deputies: deputies.map(([person]) => named(person)),
    mayAct: restricters.map(([person]) => named(person)),
    response: one.response && asWritten(one.response),
    signals: evidence.get(id)?.signals ?? 0,
    openedAt: rfc3339(one.openedAt),
    acknowledgeBy: whenOrNull(one.acknowledgeBy),
    decideBy: whenOrNull(one.decideBy),
    acknowledged: one.acknowledged.map(({ by, at }) => ({ ...named(by), at: rfc3339(at) })),
    decision: one.decided && decisionBody(telling, one.decided),
    about: one.about && one.about.source !== "" ? one.about : null,
    others: one.others ? othersBody(one.others, evidence.get(id)?.names ?? 0) : null,
  };
};

const othersBody = (
  { names, counted }: NonNullable<EscalationState["others"]>,
  counting: number,
): EscalationBody["others"] => ({
  counted: Math.max(counted, counting),
  names: names.map(({ source, name, severity }) => ({ source, name, severity })),
});

/** A response the way a policy writes it. */
const asWritten = (response: Response): string | { readonly narrow: string } =>
  response.kind === "narrow" ? { narrow: response.scope } : response.kind;

const decisionBody = (telling: Telling, decided: Decided) => ({
  decision: decided.decision,
  by: decided.people.map((person) => nameOf(telling, person)),
  at: rfc3339(decided.at),
  before: decided.before,
  after: decided.after,
  deviation: decided.deviation,
  reassessBy: rfc3339(decided.reassessBy),
});

const decisionsPage = async (parts: AuditParts, filter: DecisionFilter) => {
  await parts.journal.look([]);
  const asked = entryFilter(parts.rules, filter);
  const found = asked ? await parts.store.entries({ ...asked, limit: filter.limit + 1 }) : [];
  const shown = found.slice(0, filter.limit);
  const telling = await tellingWithTexts(parts, shown);
  const items = shown.map((recorded) => ({
    index: recorded.index,
    entry: recorded.entry,
    text: plain(historyLine(telling, recorded, "UTC")),
  }));
  return { items, next: found.length > filter.limit ? (shown.at(-1)?.index ?? null) : null };
};

const entryFilter = (rules: Rules, filter: DecisionFilter): Omit<EntryFilter, "limit"> | null => {
  const { actor, kind, deployment, trigger, escalation, since, until, below } = filter;
  const person = [...rules.people().values()].find((one) => one.key === actor || one.id === actor);
  if (actor !== null && !person) return null;
  const asEntry = kind?.includes(".") ?? false;
  const found = {
    kinds: [asEntry && kind !== null ? kind : "decision.made"],
    decision: asEntry ? null : kind,
    actor: person?.id ?? null,
    escalation: escalation as EscalationId | null,
    ...{ deployment, trigger, since, until, below },
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
};
