import { historyLine } from "../../core/card/history-line.ts";
import { nameOf, type ViewContext } from "../../core/card/view-context.ts";
import {
  type EscalationId,
  escalationNumber,
  type Instant,
  type PersonId,
} from "../../core/ids.ts";
import { holders } from "../../core/people/authority.ts";
import type { Response } from "../../core/policy/model.ts";
import { paused, stateWord } from "../../core/policy/posture.ts";
import { deploymentOf } from "../../core/state/situation.ts";
import type { Decided, EscalationState } from "../../core/state/state.ts";
import { instantOf, rfc3339, timeOf } from "../../core/time.ts";
import { plain } from "../../core/words/words.ts";
import type {
  DecisionBody,
  DecisionFilter,
  DeploymentBody,
  EscalationBody,
  EscalationFilter,
  Page,
  Unfit,
} from "../ports.ts";
import { deploymentProblem, readFilter } from "./filters.ts";
import { recordedDecision } from "./proof.ts";
import { recordOf } from "./record.ts";
import { type PastParts, pastAt } from "./then.ts";
import { type AuditParts, viewContextWithTexts } from "./views.ts";

/**
 * What the read routes answer: bodies with names and RFC 3339 times. The past comes from the log
 * itself.
 */

export function createReads(parts: AuditParts & Pick<PastParts, "history">) {
  const { store, journal, rules } = parts;
  const bodiesThen = async (id: string | null, at: Instant): Promise<readonly DeploymentBody[]> => {
    const past = await pastAt({ ...parts, look: journal.look }, at);
    const views = await past?.posturesOf(id === null ? [...past.policy.deployments.keys()] : [id]);
    return (views ?? []).flatMap((view) => deploymentBody(view) ?? []);
  };
  const bodiesNow = async (ids: readonly string[]): Promise<readonly DeploymentBody[]> => {
    const work = await journal.look(ids);
    return ids.flatMap((id) => deploymentBody(work.viewContext(id)) ?? []);
  };
  return {
    deployment: async (id: string, at: Instant | null) =>
      (await (at === null ? bodiesNow([id]) : bodiesThen(id, at)))[0],
    deployments: async (at: Instant | null): Promise<readonly DeploymentBody[]> => {
      if (at !== null) return bodiesThen(null, at);
      const { org } = await journal.look([]);
      return bodiesNow([...rules.policy(org.policy).deployments.keys()]);
    },
    escalation: async (id: EscalationId) => {
      const escalation = await store.escalation(id);
      return escalation && (await escalationBody(parts, escalation));
    },
    escalations: (filter: EscalationFilter) => escalationsPage(parts, filter),
    decisions: (filter: DecisionFilter) => decisionsPage(parts, filter),
    record: (id: EscalationId) => recordOf({ ...parts, look: journal.look }, id),
  };
}

async function escalationsPage(
  parts: AuditParts,
  { status, deployment, below, limit }: EscalationFilter,
): Promise<Page<EscalationBody> | Unfit> {
  const { store, journal, rules } = parts;
  const { org } = await journal.look([]);
  const context = { store, policy: rules.policy(org.policy) };
  const [newest] = await store.escalations({ limit: 1 });
  const problems = [
    await deploymentProblem(context, deployment),
    below !== null && below > (newest ? escalationNumber(newest.id) : 0)
      ? "the cursor is of no earlier page"
      : null,
  ];
  const unfit = problems.filter((problem) => problem !== null);
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
  return {
    items: await Promise.all(items.map((escalation) => escalationBody(parts, escalation))),
    next,
  };
}

/** In the words of the policy that was in force. */
function deploymentBody(view: ViewContext): DeploymentBody | undefined {
  const { id, posture, reassess, carriers } = view.situation.state;
  const rule = deploymentOf(view.situation);
  if (!rule || !posture) return undefined;
  const { decided } = posture;
  return {
    id,
    name: rule.name,
    state: stateWord(rule, posture.scope),
    scope: posture.scope === paused ? null : posture.scope,
    ...decidedPart(view, decided),
    reassessBy: reassess ? rfc3339(reassess.by) : null,
    version: posture.version,
    scopes: rule.scopes.map(({ id: scope, audience, tools, more }) => ({
      id: scope,
      allows: {
        ...(audience !== "" && { audience }),
        ...(tools !== null && { tools }),
        ...more,
      },
    })),
    applied: Object.entries(carriers).flatMap(([gateway, { applied }]) =>
      applied ? [{ gateway, version: applied.version, at: rfc3339(applied.at) }] : [],
    ),
  };
}

const decidedPart = (view: ViewContext, decided: Decided | null) => ({
  decision: decided?.decision ?? null,
  decidedBy: (decided?.people ?? []).map((person) => nameOf(view, person)),
  decidedAt: decided ? rfc3339(decided.at) : null,
});

const whenOrNull = (at: Instant | null): string | null => (at === null ? null : rfc3339(at));

async function escalationBody(
  { store, journal, rules }: AuditParts,
  escalation: EscalationState,
): Promise<EscalationBody> {
  const work = await journal.look([escalation.deployment]);
  await rules.load([work.org.policy, escalation.policy]);
  const view = work.viewContext(escalation.deployment);
  const evidence = await store.evidenceOf([escalation.id]);
  const named = (person: PersonId) => ({ name: nameOf(view, person) });
  const restricters = [...holders(view.situation, "restrict", escalation)];
  const deputies = restricters.filter(([, rule]) => rule === "restrict.deputy");
  const { id, trigger, deployment, severity, status } = escalation;
  return {
    id,
    trigger,
    deployment,
    severity,
    status,
    decider: escalation.decider === "" ? null : named(escalation.decider),
    deputies: deputies.map(([person]) => named(person)),
    mayAct: restricters.map(([person]) => named(person)),
    response: escalation.response && asWritten(escalation.response),
    signals: evidence.get(id)?.signals ?? 0,
    openedAt: rfc3339(escalation.openedAt),
    acknowledgeBy: whenOrNull(escalation.acknowledgeBy),
    decideBy: whenOrNull(escalation.decideBy),
    acknowledged: escalation.acknowledged.map(({ by, at }) => ({ ...named(by), at: rfc3339(at) })),
    decision: await ownDecisionBody(store, view, escalation),
    about: escalation.about && escalation.about.source !== "" ? escalation.about : null,
    others: escalation.others ? othersBody(escalation.others, evidence.get(id)?.names ?? 0) : null,
  };
}

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

/**
 * The decision that settled the escalation first; later ones, such as a keep or a resume, are in
 * the history.
 */
async function ownDecisionBody(
  store: AuditParts["store"],
  view: ViewContext,
  { id, decided }: EscalationState,
) {
  const own = decided && (await recordedDecision(store, id));
  if (!own) return decided && decisionBody(view, decided);
  const { entry } = own;
  const times = { at: timeOf(entry), reassessBy: instantOf(entry.reassessBy) };
  return decisionBody(view, { ...entry, ...times });
}

type Answering = Pick<
  Decided,
  "decision" | "people" | "at" | "before" | "after" | "deviation" | "reassessBy"
>;

const decisionBody = (view: ViewContext, decided: Answering) => ({
  decision: decided.decision,
  by: decided.people.map((person) => nameOf(view, person)),
  at: rfc3339(decided.at),
  before: decided.before,
  after: decided.after,
  deviation: decided.deviation,
  reassessBy: rfc3339(decided.reassessBy),
});

async function decisionsPage(
  parts: AuditParts,
  asked: DecisionFilter,
): Promise<Page<DecisionBody> | Unfit> {
  const { org } = await parts.journal.look([]);
  const { store, rules } = parts;
  const context = { store, policy: rules.policy(org.policy), people: rules.people() };
  const read = await readFilter(context, asked);
  if ("unfit" in read) return read;
  const filter = { kinds: ["decision.made"], ...read.filter, limit: asked.limit + 1 };
  const found = await store.entries(filter);
  const shown = found.slice(0, asked.limit);
  const view = await viewContextWithTexts(parts, shown);
  const items = shown.map((recorded) => ({
    index: recorded.index,
    entry: recorded.entry,
    text: plain(historyLine(view, recorded)),
  }));
  return { items, next: found.length > asked.limit ? (shown.at(-1)?.index ?? null) : null };
}
