import { isLoosening, isRestriction, isWiderThan } from "../../core/decision/widening.ts";
import { deploymentsOf } from "../../core/state/fold.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { type Doubts, RecordInDoubt } from "./doubts.ts";
import type { SelfCheck } from "./self-check.ts";

/**
 * While the record is in doubt, nothing is loosened; while the clock is, nothing is recorded but
 * what restricts. `scopeByLog` is what the log says of a posture: the state that was read may have
 * been changed.
 */
export function refuseInDoubt(
  { doubts, scopeByLog }: { readonly doubts: Doubts; readonly scopeByLog: SelfCheck["scopeByLog"] },
  unit: UnitOfWork,
): void {
  const doubt = doubts.first();
  if (doubt === null) return;
  if (loosens(unit, scopeByLog)) throw new RecordInDoubt(doubt.sentence);
  const clock = doubts.about("clock");
  if (clock !== null && isDated(unit) && !unit.entries.some(isRestriction))
    throw new RecordInDoubt(clock);
}

function loosens(unit: UnitOfWork, scopeByLog: SelfCheck["scopeByLog"]): boolean {
  const moved = new Set(unit.entries.flatMap(deploymentsOf));
  return (
    unit.wider.length > 0 ||
    unit.entries.some(isLoosening) ||
    [...moved].some((id) => isWiderThan(unit.situation(id), scopeByLog(id)))
  );
}

/** Whether it records something, and so a time. */
const isDated = ({ entries, extra }: UnitOfWork): boolean =>
  entries.length > 0 || Object.values(extra).some(({ length }) => length > 0);
