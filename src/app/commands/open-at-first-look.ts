import type { EscalationId } from "../../core/ids.ts";
import { undecided } from "../../core/state/situation.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import type { Refused, Target } from "./command.ts";

/**
 * Answers that leave something running or widen it: one that names no escalation speaks of what was
 * open when it was said.
 */
const letsGoOn: ReadonlySet<string> = new Set(["resume", "keep", "retest", "monitor"]);

/**
 * What was open at the first look; a press that had to be judged again must not answer what nobody
 * had seen.
 */
export function createKnown() {
  let open: readonly EscalationId[] | null = null;
  return {
    but: (work: UnitOfWork, { deployment, escalation }: Target, asked: string): Refused | null => {
      const now = undecided(work.state(deployment)).map(({ id }) => id);
      open ??= now;
      const escalations = now.filter((id) => !open?.includes(id));
      if (escalations.length === 0 || escalation !== null || !letsGoOn.has(asked)) return null;
      return { refusal: { refused: "others-open", asked, deployment, escalations }, deployment };
    },
  };
}
