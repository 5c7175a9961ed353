import type { UnitOfWork } from "./unit-of-work.ts";

/** Every channel of the policy in force. */
export function channelsOf(work: UnitOfWork): readonly string[] {
  const { deployments, unmatchedChannel } = work.situation("").policy;
  const channels = [...deployments.values()].map(({ channel }) => channel);
  return [...new Set([...channels, ...(unmatchedChannel === null ? [] : [unmatchedChannel])])];
}
