import { closedByConfirmation, report, reported } from "../../core/escalation/enforcement.ts";
import type { Journal } from "../journal.ts";
import type { Applied, AppliedReport } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** What is heard from outside of a posture enters here: who was told, and who carries it out. */

/** Records which posture version a gateway carries out; saying it again changes nothing. */
export function reportApplied(journal: Journal, said: AppliedReport): Promise<Applied> {
  return record(journal, said, false);
}

/**
 * A gateway that asks before each request carries out what it is answered. Its questions cross each
 * other on the way, so that an older answer says nothing about what it does now.
 */
export function reportAsked(journal: Journal, said: AppliedReport): Promise<Applied> {
  return record(journal, said, true);
}

async function record(
  journal: Journal,
  { deployment, gateway, version }: AppliedReport,
  onlyNewer: boolean,
): Promise<Applied> {
  const { policy } = (await journal.look([])).situation("");
  // A name that no policy knows gets no stream of its own.
  if (!policy.deployments.has(deployment)) return { is: "unknown-deployment" };
  const asked = { key: null, surface: "http" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, (work): Applied => {
    const situation = work.situation(deployment);
    const current = situation.state.posture?.version ?? 0;
    if (onlyNewer && version <= lastApplied(work, deployment, gateway))
      return { is: "known", current };
    const drafts = report(situation, gateway, version);
    if ("is" in drafts) return drafts;
    work.add(`deployment:${deployment}`, drafts);
    closeConfirmed(work, deployment);
    return { is: drafts.length > 0 ? "recorded" : "known", current };
  });
  return result;
}

function lastApplied(work: UnitOfWork, deployment: string, gateway: string): number {
  const { carriers } = work.state(deployment);
  return Object.hasOwn(carriers, gateway) ? (carriers[gateway]?.applied?.version ?? -1) : -1;
}

function closeConfirmed(work: UnitOfWork, deployment: string): void {
  for (const escalation of work.state(deployment).escalations)
    work.add(
      `deployment:${deployment}`,
      closedByConfirmation(work.situation(deployment), escalation),
    );
}

/** What an endpoint was told. */
export interface ToldReport {
  readonly deployment: string;
  /** The endpoint's key in `notify`. */
  readonly endpoint: string;
  readonly version: number;
  readonly what: "told" | "failed";
}

/** Records that an endpoint took the news of a posture version, or never will; the card says so. */
export async function recordTold(
  journal: Journal,
  { deployment, endpoint, version, what }: ToldReport,
): Promise<void> {
  const asked = { key: null, surface: "webhook" as const, deployments: [deployment] };
  await journal.write(asked, (work) => {
    const { carriers } = work.state(deployment);
    const before = Object.hasOwn(carriers, endpoint) ? carriers[endpoint]?.[what] : undefined;
    if (before && before.version >= version) return;
    work.add(`deployment:${deployment}`, [
      reported(deployment, { gateway: endpoint, what, version }),
    ]);
  });
}
