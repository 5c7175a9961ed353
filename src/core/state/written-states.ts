import { certainDues } from "../deadlines.ts";
import type { Instant } from "../ids.ts";
import type { Deployment } from "../policy/model.ts";
import type { DeploymentState, EscalationState, NumbersState, OrgState } from "./state.ts";

/**
 * Whether what the database keeps as the state follows from the log: compared is what decides what
 * may be done, by whom and when. What older versions wrote may lack other keys.
 */

/** What the database keeps of one deployment. */
export interface WrittenDeployment {
  readonly state: DeploymentState | null;
  readonly dues: readonly { readonly kind: string; readonly at: Instant }[];
}

/** The first thing of a deployment that does not follow from the log, as a sentence; or null. */
export function deploymentWrong(
  folded: DeploymentState,
  written: WrittenDeployment,
  deployment: Deployment | undefined,
): string | null {
  const { id } = folded;
  const { state } = written;
  if (scopeOf(folded) !== scopeOf(state))
    return `This database says that ${id} is ${scopeOf(state)}, but the log says that it is ${scopeOf(folded)}.`;
  const [wrong] = differing(partsOf(folded), partsOf(state));
  if (wrong !== undefined)
    return `What this database says of ${id} (${wrong}) does not follow from the log.`;
  const missing = certainDues(folded, deployment).find(
    (due) => !written.dues.some(({ kind, at }) => kind === due.kind && at === due.at),
  );
  return missing === undefined
    ? null
    : `The due time “${missing.kind}” of ${id} is missing in this database: the log has it.`;
}

/** The same of what belongs to no deployment. */
export function orgWrong(
  folded: { readonly org: OrgState; readonly numbers: NumbersState },
  written: { readonly org: OrgState | null; readonly numbers: NumbersState | null },
): string | null {
  const { org, numbers } = written;
  const [wrong] = differing(
    { ...inForceOf(folded.org), "last number": folded.numbers.escalations },
    { ...inForceOf(org), "last number": numbers?.escalations ?? 0 },
  );
  return wrong === undefined
    ? null
    : `What this database says of the whole organisation (${wrong}) does not follow from the log.`;
}

/** The same of the list of escalations that are not closed. */
export function escalationsWrong(
  folded: Iterable<DeploymentState>,
  written: readonly EscalationState[],
): string | null {
  const rows = new Map(written.map((row) => [row.id, escalationPart(row)]));
  for (const { escalations } of folded) {
    for (const escalation of escalations) {
      const row = rows.get(escalation.id);
      rows.delete(escalation.id);
      if (row === undefined || !equal(row, escalationPart(escalation)))
        return `What this database lists of ${escalation.id} does not follow from the log.`;
    }
  }
  const [extra] = rows.keys();
  return extra === undefined
    ? null
    : `This database lists ${extra}, which the log does not say is open.`;
}

const scopeOf = (state: DeploymentState | null): string => state?.posture?.scope ?? "not started";

type Parts = Readonly<Record<string, unknown>>;

const partsOf = (state: DeploymentState | null): Parts => ({
  posture: state?.posture && {
    version: state.posture.version,
    since: state.posture.since,
    restrictedFrom: state.posture.restrictedFrom,
  },
  "review date": state?.reassess?.by,
  "requested resume": state?.proposal && {
    entry: state.proposal.entry,
    by: state.proposal.by,
    to: state.proposal.to,
    confirmedBy: state.proposal.confirmedBy,
    needs: state.proposal.needs,
    expires: state.proposal.expires,
    waits: state.proposal.waits,
  },
  escalations: state?.escalations.map(escalationPart) ?? [],
  restrictions: state?.restrictedBy ?? {},
});

const escalationPart = (escalation: EscalationState): Parts => ({
  id: escalation.id,
  trigger: escalation.trigger,
  deployment: escalation.deployment,
  severity: escalation.severity,
  policy: escalation.policy,
  status: escalation.status,
  acknowledgeBy: escalation.acknowledgeBy,
  decideBy: escalation.decideBy,
  decider: escalation.decider,
  named: escalation.named,
  response: escalation.response,
  decided: escalation.decided?.entry,
});

const inForceOf = (org: OrgState | null): Parts => ({
  "policy in force": org?.policy ?? "",
  "who is away": org?.away ?? {},
  "linked accounts": org?.linked ?? {},
  "legal holds": org?.holds ?? {},
  "proposed policy": org?.proposed?.entry ?? "",
});

const differing = (right: Parts, written: Parts): readonly string[] =>
  Object.keys(right).filter((name) => !equal(right[name], written[name]));

/** As JSON, whatever the order of its keys: what is undefined is missing there. */
function equal(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string")
    return a.replaceAll("\0", "\ufffd") === b.replaceAll("\0", "\ufffd"); // jsonb has no U+0000
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return (a ?? null) === (b ?? null);
  const [left, right] = [a as Parts, b as Parts];
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => equal(left[key], right[key]));
}
