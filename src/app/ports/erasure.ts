import type { Commitment, EscalationId, PersonId } from "../../core/ids.ts";

/** What is taken out of everything beside the log. */
export interface Erasure {
  readonly commitments: readonly Commitment[];
  readonly person: PersonId | "";
  /** Texts that only what is erased has: they are erased wherever they stand. */
  readonly everywhere: readonly string[];
  /** Names that others use as well: erased where these escalations and deliveries are told of. */
  readonly there: readonly string[];
  readonly escalations: readonly EscalationId[];
  readonly deliveries: readonly string[];
}

/** What Holdpoint said and cannot take back. */
export interface OutOfReach {
  /** Messages about escalations that are not cards, by chat. */
  readonly messages: readonly { readonly chat: string; readonly count: number }[];
  /** Texts by others in which these words stand. */
  readonly texts: number;
}

export interface ErasureStore {
  /**
   * Whole or not at all; doing it again changes nothing. False = nothing was erased, because a legal
   * hold keeps something in which it stands.
   */
  erase(erasure: Erasure): Promise<boolean>;
  outOfReach(
    escalations: readonly EscalationId[],
    about: { readonly words: readonly string[]; readonly but: readonly Commitment[] },
  ): Promise<OutOfReach>;
}
