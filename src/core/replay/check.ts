import type { EntryKind } from "../log/entry.ts";
import { checkProposedPolicy } from "./check-adopted.ts";
import { checkMade } from "./check-decision.ts";
import { checkErased, checkErasureAsked } from "./check-erasure.ts";
import {
  checkAcknowledged,
  checkClosed,
  checkMissed,
  checkMoved,
  checkRehearsed,
  checkUpdated,
} from "./check-escalation.ts";
import { checkHeld, checkLifted } from "./check-hold.ts";
import { checkOpened } from "./check-opened.ts";
import {
  checkAway,
  checkBound,
  checkEnded,
  checkIdentity,
  checkIssued,
  checkLinked,
  checkUnlinked,
  checkUsed,
} from "./check-org.ts";
import { checkWarned } from "./check-overdue.ts";
import { checkHandedOff, checkPassed } from "./check-passing.ts";
import { checkConfirmed, checkLapsed, checkProposed } from "./check-resume.ts";
import {
  checkDenied,
  checkExplained,
  checkOverdue,
  checkReminded,
  checkReported,
  checkRetest,
  checkSet,
  checkShadowed,
} from "./check-review.ts";
import type { Findings } from "./finding.ts";
import type { Moment } from "./moment.ts";

type Checks = { readonly [K in EntryKind]: ((moment: Moment<K>) => Findings) | null };

/** What is asked of an entry of each kind; null = only what is asked of all. */
const checks: Checks = {
  "policy.proposed": checkProposedPolicy,
  "policy.adopted": null, // with the policies, by the replay itself
  "escalation.opened": checkOpened,
  "escalation.updated": checkUpdated,
  "escalation.acknowledged": checkAcknowledged,
  "acknowledge.missed": checkMissed,
  "authority.passed": checkPassed,
  "escalation.moved": checkMoved,
  "oncall.changed": checkHandedOff,
  "decision.proposed": checkProposed,
  "decision.confirmed": checkConfirmed,
  "decision.lapsed": checkLapsed,
  "decision.made": checkMade,
  "decision.explained": checkExplained,
  "decision.denied": checkDenied,
  "reassessment.set": checkSet,
  "reassessment.reminded": checkReminded,
  "reassessment.overdue": checkOverdue,
  "reassessment.warned": checkWarned,
  "escalation.closed": checkClosed,
  "enforcement.reported": checkReported,
  "rehearsal.answered": checkRehearsed,
  "retest.followed": checkRetest,
  "signal.noted": null,
  "trigger.shadowed": checkShadowed,
  "person.away": checkAway,
  "session.issued": checkIssued,
  "session.used": checkUsed,
  "session.ended": checkEnded,
  "identity.bound": checkBound,
  "identity.changed": checkIdentity,
  "identity.linked": checkLinked,
  "identity.unlinked": checkUnlinked,
  "record.read": null,
  "key.rotated": null, // its signatures were checked with the bytes
  "log.restored": null, // what it says was signed is not in this log
  "hold.placed": checkHeld,
  "hold.lifted": checkLifted,
  "redaction.asked": checkErasureAsked,
  "log.redacted": checkErased,
};

/** The check of one kind. The table above gives each kind the moment of that kind. */
export function checkKind(moment: Moment): Findings | null {
  const check = checks[moment.entry.kind] as ((moment: Moment) => Findings) | null;
  return check?.(moment) ?? null;
}
