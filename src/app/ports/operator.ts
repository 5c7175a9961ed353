import type { Digest } from "../../core/ids.ts";

/** For whom a policy is adopted and why, as the operator says; people by key or full name. */
export interface AdoptionSaid {
  readonly as: string;
  readonly because: string;
  /** Who agreed to it; null where nobody is named. */
  readonly confirmedBy: string | null;
}

/** What came of adopting a policy. */
export type Adoption =
  | {
      readonly is: "adopted";
      readonly digest: Digest;
      readonly index: number;
      readonly looser: readonly string[];
    }
  /** This policy was in force already, nothing was recorded. */
  | { readonly is: "same"; readonly digest: Digest }
  /** Another policy came into force since the caller looked. */
  | { readonly is: "moved"; readonly current: Digest }
  /** The text is no policy, or what is in force could not go on under it. */
  | { readonly is: "invalid"; readonly problems: readonly string[] };

/** What the policy in force names and nothing stored has ever answered to, by name. */
export interface Coverage {
  readonly digest: Digest;
  /** Rules that no stored signal ever met. */
  readonly rulesNeverMet: readonly string[];
  /** Rules of which it could never be told: what they need was missing each time. */
  readonly rulesNeverTold: readonly string[];
  readonly sourcesNeverHeard: readonly string[];
  /** Deployments that no rule watches. */
  readonly deploymentsWithoutTrigger: readonly string[];
}
