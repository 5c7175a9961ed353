import type { EscalationId } from "../../core/ids.ts";

/** The console's page of an escalation. `publicUrl` has no slash at its end. */
export function consoleLink(publicUrl: string, escalation: EscalationId): string {
  return `${publicUrl}/escalations/${escalation}`;
}

/** A link with a text of ours. */
export interface Link {
  readonly text: string;
  readonly url: string;
}
