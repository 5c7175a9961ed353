import { holders } from "../core/authority.ts";
import { historyLine } from "../core/history.ts";
import { type EscalationId, escalationNumber, type Instant, type PersonId } from "../core/ids.ts";
import type { Response } from "../core/policy/model.ts";
import { paused, stateWord } from "../core/posture.ts";
import { deploymentOf } from "../core/situation.ts";
import type { Decided, EscalationState } from "../core/state.ts";
import { nameOf, type Telling } from "../core/telling.ts";
import { instantOf, rfc3339, timeOf } from "../core/time.ts";
import { plain } from "../core/words.ts";
import { type AuditParts, tellingWithTexts } from "./audit.ts";
import type { Desk } from "./desk.ts";
import { deploymentProblem, readFilter } from "./filters.ts";
import { createPast } from "./past.ts";
import type {
  DecisionBody,
  DecisionFilter,
  DeploymentBody,
  EscalationBody,
  EscalationFilter,
  Page,
  PostureThen,
  Unfit,
} from "./ports.ts";
import { recordedDecision } from "./proof.ts";

/** What the read routes answer: bodies with names and RFC 3339 times. The past comes from the log itself. */

export const createReads = (parts: AuditParts) => {
  const { store, journal, rules } = parts;
  const past = createPast(store);
  const bodiesOf = async (
    ids: readonly string[],
    at: Instant | null,
  ): Promise<readonly DeploymentBody[]> => {
    const desk = await journal.look(ids);
    const now = ids.map((id) => desk.state(id));
    const then = at === null ? null : await past.statesAt(now, at);
    return ids.flatMap((id) => deploymentBody(desk, id, then?.get(id) ?? desk.state(id)) ?? []);
  };
  return {
    deployment: async (id: string, at: Instant | null) => (await bodiesOf([id], at))[0],
    deployments: async (at: Instant | null): Promise<readonly DeploymentBody[]> => {
      const { org } = await journal.look([]);
      return bodiesOf([...rules.policy(org.policy).deployments.keys()], at);
    },
    escalation: async (id: EscalationId) => {
      const one = await store.escalation(id);
      return one && (await escalationBody(parts, one));
    },
    escalations: (filter: EscalationFilter) => escalationsPage(parts, filter),
    decisions: (filter: DecisionFilter) => decisionsPage(parts, filter),
  };
};

const escalationsPage = async (
  parts: AuditParts,
  { status, deployment, below, limit }: EscalationFilter,
): Promise<Page<EscalationBody> | Unfit> => {
  const { store, journal, rules } = parts;
  const { org } = await journal.look([]);
  const ground = { store, policy: rules.policy(org.policy) };
  const [newest] = await store.escalations({ limit: 1 });
  const problems = [
    await deploymentProblem(ground, deployment),
    below !== null && below > (newest ? escalationNumber(newest.id) : 0)
      ? "the cursor is of no earlier page"
      : null,
  ];
  const unfit = problems.filter((one) => one !== null);
  if (unfit.length > 0) return { unfit };
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
};

/** In the words of the policy in force, whenever the state was. */
const deploymentBody = (
  desk: Desk,
  id: string,
  { posture, reassess, carriers }: PostureThen,
): DeploymentBody | undefined => {
  const telling = desk.telling(id);
  const rule = deploymentOf(telling.situation);
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
    decision: await ownDecisionBody(store, telling, one),
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

/** What answered the escalation: a resume that ended the stop later is another question's answer. */
const ownDecisionBody = async (
  store: AuditParts["store"],
  telling: Telling,
  { id, decided }: EscalationState,
) => {
  const own = decided?.decision === "resume" ? await recordedDecision(store, id) : undefined;
  if (!own) return decided && decisionBody(telling, decided);
  const { entry } = own;
  const times = { at: timeOf(entry), reassessBy: instantOf(entry.reassessBy) };
  return decisionBody(telling, { ...entry, ...times });
};

type Answering = Pick<
  Decided,
  "decision" | "people" | "at" | "before" | "after" | "deviation" | "reassessBy"
>;

const decisionBody = (telling: Telling, decided: Answering) => ({
  decision: decided.decision,
  by: decided.people.map((person) => nameOf(telling, person)),
  at: rfc3339(decided.at),
  before: decided.before,
  after: decided.after,
  deviation: decided.deviation,
  reassessBy: rfc3339(decided.reassessBy),
});

const decisionsPage = async (
  parts: AuditParts,
  asked: DecisionFilter,
): Promise<Page<DecisionBody> | Unfit> => {
  const { org } = await parts.journal.look([]);
  const { store, rules } = parts;
  const ground = { store, policy: rules.policy(org.policy), people: rules.people() };
  const read = await readFilter(ground, asked);
  if ("unfit" in read) return read;
  const filter = { kinds: ["decision.made"], ...read.filter, limit: asked.limit + 1 };
  const found = await store.entries(filter);
  const shown = found.slice(0, asked.limit);
  const telling = await tellingWithTexts(parts, shown);
  const items = shown.map((recorded) => ({
    index: recorded.index,
    entry: recorded.entry,
    text: plain(historyLine(telling, recorded)),
  }));
  return { items, next: found.length > asked.limit ? (shown.at(-1)?.index ?? null) : null };
};
