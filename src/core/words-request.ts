import type { Line, Part } from "./card.ts";
import { line, listed } from "./phrase.ts";

/** The words of a resume that waits for its second person. Part of the words of words.ts. */

const asks = (starter: Part | Line, to: string, reason: Part | null): Line =>
  reason === null
    ? line`${starter} requests resume to ${to}`
    : line`${starter} requests resume to ${to}: “${reason}”`;

export const waitsForSecond = (
  to: string,
  starter: Line,
  confirmers: readonly Part[],
  until: Part,
): Line => line`${asks(starter, to, null)}. ${listed(confirmers, "or")} must approve by ${until}`;

/** "Chidi Lindt (10:05): “patched”" */
export const asked = (by: Line, at: Part, reason: Part | null): Line =>
  reason === null ? line`${by} (${at}) gave no reason` : line`${by} (${at}): “${reason}”`;

/** "Erin Sato: “read 200 transcripts”" */
export const because = (by: Part, reason: Part): Line => line`${by}: “${reason}”`;

export const since = (news: readonly Line[]): Line => line`Since the request: ${listed(news)}`;
export const nothingNew = "nothing new";

/** Posted beside the card, to those who may confirm it. */
export const proposed = (
  name: string,
  by: Part,
  to: string,
  reason: Part | null,
  until: Part,
): Line =>
  line`${name}: ${asks(by, to, reason)}. One more person must approve; it expires ${until}.`;
