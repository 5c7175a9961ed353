import {
  kindProblem,
  modelsOf,
  onlyFilter,
  personAsked,
  triggersOf,
  unknownValue,
} from "../../core/filters.ts";
import { given } from "../../core/given.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import type { Policy } from "../../core/policy/model.ts";
import { severities } from "../../core/policy/severity.ts";
import type { DecisionFilter, EntryFilter, Store } from "../ports.ts";

/**
 * What a question about the record is held against: the rules in force, and the record, which
 * remembers older ones.
 */
interface FilterContext {
  readonly store: Pick<Store, "entries" | "escalation" | "head" | "recordedModels">;
  readonly policy: Policy;
  readonly people: People;
}

/** Without `limit`. `kinds` is there only where a kind was asked for. */
type ResolvedFilter = Omit<EntryFilter, "limit">;

/** The filter as the log is asked, or everything in it that is not known, a sentence each. */
export async function readFilter(
  context: FilterContext,
  asked: Omit<DecisionFilter, "limit">,
): Promise<{ readonly filter: ResolvedFilter } | { readonly unfit: readonly string[] }> {
  const [actor, decider] = [asked.actor, asked.decider].map((name) => personOf(context, name));
  const kind = asked.kind === null ? null : kindProblem(asked.kind);
  const only = onlyFilter(kind === null ? asked.kind : null, asked.only);
  const problems = [
    kind,
    "problem" in only ? only.problem : null,
    actor?.problem ?? null,
    decider?.problem ?? null,
    await deploymentProblem(context, asked.deployment),
    await triggerProblem(context, asked.trigger),
    await escalationProblem(context, asked.escalation),
    severityProblem(asked.severity),
    await modelProblem(context, asked.model),
    periodProblem(asked),
    await cursorProblem(context, asked.below),
  ];
  const unfit = problems.filter((problem) => problem !== null);
  if (unfit.length > 0 || "problem" in only) return { unfit };
  const { deployment, trigger, escalation, severity, model, since, until, below } = asked;
  const filter = {
    actor: actor?.person,
    decider: decider?.person,
    deployment,
    trigger,
    escalation: isEscalationId(escalation) ? escalation : null,
    severity,
    model,
    since,
    until,
    below,
  };
  return { filter: { ...only, ...given(filter) } };
}

function severityProblem(severity: string | null): string | null {
  const isKnown = severity === null || severities.some((known) => known === severity);
  return isKnown ? null : unknownValue("severity", severity, severities);
}

function periodProblem({ since, until }: Pick<DecisionFilter, "since" | "until">): string | null {
  return since !== null && until !== null && since >= until
    ? "nothing is between since and until"
    : null;
}

async function cursorProblem(
  { store }: FilterContext,
  below: number | null,
): Promise<string | null> {
  const isFit = below === null || (below >= 1 && below <= (await store.head()).size);
  return isFit ? null : "the cursor is of no earlier page";
}

/** Somebody who is asked for; a problem where nobody is called so. */
function personOf(
  { people }: FilterContext,
  name: string | null,
): { readonly person: PersonId | null; readonly problem: string | null } {
  const person = name === null ? null : personAsked(name, people);
  if (person !== undefined) return { person, problem: null };
  const keys = [...people.values()].map(keyOf);
  return { person: null, problem: unknownValue("person", name ?? "", keys) };
}

const keyOf = ({ key }: { readonly key: string }): string => key;

/**
 * Why a deployment cannot be asked for; null where the policy or the record knows it, or none was
 * given.
 */
export async function deploymentProblem(
  { store, policy }: Pick<FilterContext, "policy"> & { readonly store: Pick<Store, "entries"> },
  deployment: string | null,
): Promise<string | null> {
  if (deployment === null || policy.deployments.has(deployment)) return null;
  const [recorded] = await store.entries({ deployment, limit: 1 });
  return recorded ? null : unknownValue("deployment", deployment, [...policy.deployments.keys()]);
}

async function triggerProblem(
  { store, policy }: FilterContext,
  trigger: string | null,
): Promise<string | null> {
  const known = triggersOf(policy);
  if (trigger === null || known.includes(trigger)) return null;
  const [recorded] = await store.entries({ trigger, limit: 1 });
  return recorded ? null : unknownValue("trigger", trigger, known);
}

async function modelProblem(
  { store, policy }: FilterContext,
  model: string | null,
): Promise<string | null> {
  const known = modelsOf(policy);
  if (model === null || known.includes(model)) return null;
  const [recorded] = await store.entries({ model, limit: 1 });
  if (recorded) return null;
  return unknownValue("model", model, [...known, ...(await store.recordedModels())]);
}

async function escalationProblem(
  { store }: FilterContext,
  escalation: string | null,
): Promise<string | null> {
  if (escalation === null) return null;
  const found = isEscalationId(escalation) && (await store.escalation(escalation));
  return found ? null : `no escalation “${escalation}”`;
}

const isEscalationId = (text: string | null): text is EscalationId =>
  text !== null && /^HP-[1-9]\d{0,11}$/.test(text);
