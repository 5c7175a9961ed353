import type { EscalationId, Instant } from "../../core/ids.ts";
import type { Endpoint, Pager, WitnessAddress } from "../../core/policy/model.ts";
import type { Severity } from "../../core/policy/severity.ts";
import { SendFault } from "./chat.ts";
import type { Pace } from "./fault.ts";
import type { Recorded } from "./log-queries.ts";
import type { NoticeBody } from "./outbox.ts";

/** Receivers besides the chats: webhook endpoints and pagers. */

/** An entry for an endpoint. Nothing in it is a person's name, a reason or other free text. */
export interface WebhookNotice {
  readonly recorded: Recorded;
  readonly body: NoticeBody;
}

/** What a pager is to do about an escalation. */
export interface Paging {
  readonly escalation: EscalationId;
  readonly action: "trigger" | "acknowledge" | "resolve";
  /** The question in one sentence, as on a lock screen. */
  readonly summary: string;
  readonly severity: Severity;
  readonly deployment: string;
  /** The rule's name. */
  readonly trigger: string;
  readonly openedAt: Instant;
}

/** Who is sent checkpoints by webhook. */
export type CheckpointReceiver = Pick<Endpoint, "id" | "url" | "secrets" | "privateAddresses">;

export interface SignedNote {
  readonly id: string;
  readonly note: string;
}

/** What a witness is asked to cosign; `hashes` prove that it extends `old` entries. */
export interface Submission {
  readonly old: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}

/**
 * Lines of a signed note; or how many entries the witness cosigned last, where `old` is not that.
 */
export type WitnessAnswer =
  | { readonly is: "cosigned"; readonly lines: string }
  | { readonly is: "at"; readonly size: number };

/** Keeps signed checkpoints as files. */
export interface AuditFiles {
  /** Throws SendFault. Keeping one twice changes nothing. */
  keep(directory: string, note: string): void;
}

/** Sends webhooks and pages. One call is one attempt: `attempts` counts this one. */
export interface Outward {
  /** How fast one endpoint, or one pager, is spoken to. */
  readonly pace: Pace;
  /**
   * Resolves when the endpoint took it. Throws SendFault; `never` after the last attempt that is
   * made.
   */
  notify(endpoint: Endpoint, notice: WebhookNotice, attempts: number): Promise<void>;
  /** The same for a signed checkpoint of the log. `id` is the same at every attempt. */
  checkpoint(to: CheckpointReceiver, what: SignedNote, attempts: number): Promise<void>;
  /**
   * Asks a witness to cosign a checkpoint that extends the one over `old` entries. Throws SendFault
   * where it did not; what it answers is believed only after its cosignature was checked.
   */
  cosign(to: WitnessAddress, what: Submission, attempts: number): Promise<WitnessAnswer>;
  /** Resolves when the pager took it. Throws SendFault. */
  page(pager: Pager, page: Paging, attempts: number): Promise<void>;
}

/** An endpoint that says it is gone for good (410): nothing more is posted to it. */
export class EndpointGone extends SendFault {
  constructor(endpoint: string) {
    super(`${endpoint} answered 410 Gone: nothing is sent to it until a policy is adopted`, {
      retry: "never",
      arrived: "no",
    });
    this.name = "EndpointGone";
  }
}
