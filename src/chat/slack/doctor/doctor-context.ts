import type { Clock } from "../../../app/ports.ts";
import type { People } from "../../../core/people/person.ts";
import type { Policy } from "../../../core/policy/model.ts";
import type { Ours } from "../inbound/membership.ts";
import type { Questions } from "./doctor-client.ts";

/** What the doctor examines. */
export interface DoctorContext {
  readonly ask: Questions;
  readonly clock: Clock;
  readonly people: People;
  readonly policy: Pick<Policy, "channels" | "schedules" | "deployments" | "unmatchedChannel">;
  /** The current id of a channel that the policy names by this id. */
  readonly idNow: (id: string) => Promise<string>;
  /** Whether SLACK_SHARED_CHANNELS allows channels shared with another organization. */
  readonly sharedChannels: boolean;
}

/** The workspace where the app is installed. */
export interface Team extends Ours {
  readonly name: string;
}
