import { closedByConfirmation, report, reported } from "../core/enforcement.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import type { Applied, AppliedReport } from "./ports.ts";

/** What is heard from outside of a posture enters here: who was told, and who carries it out. */

/** Records which posture version a gateway carries out; saying it again changes nothing. */
export const reportApplied = (journal: Journal, said: AppliedReport): Promise<Applied> =>
  record(journal, said, false);

/**
 * A gateway that asks before each request carries out what it is answered. Its questions cross each other on the way, so that an
 * older answer says nothing about what it does now.
 */
export const reportAsked = (journal: Journal, said: AppliedReport): Promise<Applied> =>
  record(journal, said, true);

const record = async (
  journal: Journal,
  { deployment, gateway, version }: AppliedReport,
  onlyNewer: boolean,
): Promise<Applied> => {
  const { policy } = (await journal.look([])).situation("");
  // A name that no policy knows gets no stream of its own.
  if (!policy.deployments.has(deployment)) return { is: "unknown-deployment" };
  const asked = { key: null, surface: "http" as const, deployments: [deployment] };
  const { result } = await journal.write(asked, (desk): Applied => {
    const situation = desk.situation(deployment);
    const current = situation.state.posture?.version ?? 0;
    if (onlyNewer && version <= lastApplied(desk, deployment, gateway))
      return { is: "known", current };
    const drafts = report(situation, gateway, version);
    if ("is" in drafts) return drafts;
    desk.add(`deployment:${deployment}`, drafts);
    closeConfirmed(desk, deployment);
    return { is: drafts.length > 0 ? "recorded" : "known", current };
  });
  return result;
};

const lastApplied = (desk: Desk, deployment: string, gateway: string): number => {
  const { carriers } = desk.state(deployment);
  return Object.hasOwn(carriers, gateway) ? (carriers[gateway]?.applied?.version ?? -1) : -1;
};

const closeConfirmed = (desk: Desk, deployment: string): void => {
  for (const escalation of desk.state(deployment).escalations)
    desk.add(
      `deployment:${deployment}`,
      closedByConfirmation(desk.situation(deployment), escalation),
    );
};

/** What an endpoint was told. */
export interface ToldReport {
  readonly deployment: string;
  /** The endpoint's key in `notify`. */
  readonly endpoint: string;
  readonly version: number;
  readonly what: "told" | "failed";
}

/** Records that an endpoint took the news of a posture version, or never will; the card says so. */
export const recordTold = async (
  journal: Journal,
  { deployment, endpoint, version, what }: ToldReport,
): Promise<void> => {
  const asked = { key: null, surface: "webhook" as const, deployments: [deployment] };
  await journal.write(asked, (desk) => {
    const { carriers } = desk.state(deployment);
    const before = Object.hasOwn(carriers, endpoint) ? carriers[endpoint]?.[what] : undefined;
    if (before && before.version >= version) return;
    desk.add(`deployment:${deployment}`, [reported(deployment, endpoint, what, version)]);
  });
};
