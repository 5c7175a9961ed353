import {
  kindFilter,
  kindProblem,
  personAsked,
  triggersOf,
  unknownValue,
} from "../../core/filters.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { People } from "../../core/people/person.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { DecisionFilter, EntryFilter, Store } from "../ports.ts";

/**
 * What a question about the record is held against: the rules in force, and the record, which
 * remembers older ones.
 */
interface FilterContext {
  readonly store: Pick<Store, "entries" | "escalation" | "head">;
  readonly policy: Policy;
  readonly people: People;
}

/** Without `limit`. `kinds` is there only where a kind was asked for. */
type ResolvedFilter = Omit<EntryFilter, "limit">;

/** The filter as the log is asked, or everything in it that is not known, a sentence each. */
export async function readFilter(
  context: FilterContext,
  asked: DecisionFilter,
): Promise<{ readonly filter: ResolvedFilter } | { readonly unfit: readonly string[] }> {
  const { kind, since, until, below } = asked;
  const actor = asked.actor === null ? null : personAsked(asked.actor, context.people);
  const problems = [
    kind === null ? null : kindProblem(kind),
    actor === undefined
      ? unknownValue("person", asked.actor ?? "", [...context.people.values()].map(keyOf))
      : null,
    await deploymentProblem(context, asked.deployment),
    await triggerProblem(context, asked.trigger),
    await escalationProblem(context, asked.escalation),
    since !== null && until !== null && since >= until
      ? "nothing is between since and until"
      : null,
    below !== null && (below < 1 || below > (await context.store.head()).size)
      ? "the cursor is of no earlier page"
      : null,
  ];
  const unfit = problems.filter((problem) => problem !== null);
  return unfit.length > 0 ? { unfit } : { filter: filterOf(asked, actor) };
}

/** A question whose values are all known, as the log is asked. */
function filterOf(asked: DecisionFilter, actor: PersonId | null | undefined): ResolvedFilter {
  const { kind, deployment, trigger, escalation, since, until, below } = asked;
  return {
    ...(kind === null ? {} : kindFilter(kind)),
    ...(actor === null || actor === undefined ? {} : { actor }),
    ...(deployment === null ? {} : { deployment }),
    ...(trigger === null ? {} : { trigger }),
    ...(isEscalationId(escalation) ? { escalation } : {}),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
    ...(below === null ? {} : { below }),
  };
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
