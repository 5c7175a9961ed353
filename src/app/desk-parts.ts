import type { EscalationId, Instant } from "../core/ids.ts";
import type { Requested } from "../core/request.ts";
import type { Situation } from "../core/situation.ts";
import type { Evidence } from "../core/state.ts";
import type { Change, Random, Text } from "./ports.ts";
import type { Rules } from "./rules.ts";
import type { ToldChat } from "./told-rows.ts";

/** What a desk is told besides the snapshot. */
export interface Surroundings {
  readonly now: Instant;
  readonly origin: string;
  readonly random: Random;
  readonly rules: Rules;
  readonly unreachable: Situation["unreachable"];
  readonly asksPerson: Situation["asksPerson"];
  readonly link: Situation["link"];
  readonly evidence: ReadonlyMap<EscalationId, Evidence>;
  /** What stands for the account of whoever speaks, where the policy does not name them. */
  readonly stranger: Text | null;
  /** The chats that are told. */
  readonly chats: readonly ToldChat[];
}

/** What is said of a resume that waits besides what the state says. */
export interface Recalled {
  readonly requested: Requested | null;
  readonly texts: readonly Text[];
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K];
};

type Beside = "people" | "policies" | "conditions" | "signals" | "deliveries" | "sessions";

/** What comes with the entries besides what follows from them. */
export type Extra = Mutable<Pick<Change, Beside | "links" | "spent">>;

/** Where nothing comes with the entries so far. */
export const nothingBeside = (): Extra => ({
  people: [],
  policies: [],
  conditions: [],
  signals: [],
  deliveries: [],
  sessions: [],
  links: [],
  spent: [],
});
