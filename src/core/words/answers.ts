import { plain, plural } from "./line.ts";
import { responseWords, takesEffect } from "./words.ts";

/** What the person who asked is told. */
export const answers = {
  done: "Done.",
  notRecorded: "NOT RECORDED. Nothing has changed; press again.",
  /** Of a question: it changes nothing, so nothing was lost. */
  notAnswered: "NOT ANSWERED. Your question could not be answered just now; ask again.",
  notConfirmed: "NOT CONFIRMED YET. Pressing again is safe.",
  recordedAfterAll: "Recorded. The card shows what is in force now.",
  seen: (id: string, decides: string | null, by: string | null): string =>
    decides === null
      ? `Acknowledged: ${id}.`
      : `Acknowledged: ${id}. ${decides} still has to decide${by === null ? "" : ` by ${by}`}.`,
  proposed: (to: string, until: string, now: string): string =>
    `Requested: resume to ${to}. One more person must approve by ${until}; until then it stays ${now}.`,
  agreed: (at: string, unless: string): string =>
    `Everybody needed has approved. ${plain(takesEffect(at, unless))}.`,
  confirmed: (needs: number): string =>
    `Approved. ${plural(needs, "more person", "more people")} must approve before anything changes.`,
  startAgain: (who: string): string => `${who} can request it again.`,
  noLongerCounts: (who: string): string =>
    `${who} approved it before but no longer may, so that approval does not count.`,
  explained: "The reason is on the record.",
  raised: (id: string, decider: string | null): string =>
    decider
      ? `${id} is open. ${decider} decides. Nothing else has changed.`
      : `${id} is open. Nothing else has changed.`,
  reassess: (name: string, when: string): string => `${name}: review due ${when}.`,
  /**
   * Of a restriction that was in force before it was asked for. `by`: who made it, null where the
   * record names nobody.
   */
  alreadyMet: (what: string, at: string, by: string | null): string =>
    `Already ${what} ${by === null ? `since ${at}` : `by ${by} at ${at}`}. Your decision is recorded too.`,
  staysUntil: "It stays so until two people resume it.",
  askReason: (id: string): string =>
    `The record says “reason to follow”: ${id === "" ? "say" : `say reason ${id}`} because …`,
  staysOpen: (id: string, response: { kind: string; scope?: string }): string =>
    `${id} stays open: the policy’s response is to ${responseWords(response)}. To leave it at this, say keep ${id} because …`,
  askAgain: (when: string): string => `Next review ${when}.`,
  stillOverdue: (when: string): string => `Review still overdue since ${when}.`,
  noDuration: (said: string): string =>
    `“${said}” is not a duration (45s, 10m, 4h, 3d, 2w); it is kept as part of the reason.`,
  away: (name: string, until: string): string =>
    `${name} is away until ${until}. Deputies decide from now on.`,
  back: (name: string): string => `${name} is back.`,
  notAway: (name: string): string => `${name} is not away. Nothing changed.`,
};
