import type { Command } from "../src/app/commands/command.ts";
import { ack } from "./ack.ts";
import { adopt } from "./adopt.ts";
import { audit } from "./audit.ts";
import { away } from "./away.ts";
import { breakglass } from "./breakglass.ts";
import { console } from "./console.ts";
import { decisions } from "./decisions.ts";
import { figures } from "./figures.ts";
import { help } from "./help.ts";
import { keep } from "./keep.ts";
import { legalHold } from "./legal-hold.ts";
import { link } from "./link.ts";
import { monitor } from "./monitor.ts";
import { narrow } from "./narrow.ts";
import { notme } from "./notme.ts";
import { pause } from "./pause.ts";
import { policy } from "./policy.ts";
import { prove } from "./prove.ts";
import { raise } from "./raise.ts";
import { reason } from "./reason.ts";
import { reassess } from "./reassess.ts";
import { record } from "./record.ts";
import { redact } from "./redact.ts";
import { rehearse } from "./rehearse.ts";
import { resume } from "./resume.ts";
import { retest } from "./retest.ts";
import { signOut } from "./sign-out.ts";
import { status } from "./status.ts";
import { undo } from "./undo.ts";
import { unlink } from "./unlink.ts";
import { who } from "./who.ts";

/**
 * Every command, in the order people learn them. The README's table and every chat's list are held
 * to this by tests.
 */
export const commands: readonly Command[] = [
  ack,
  narrow,
  pause,
  resume,
  retest,
  monitor,
  keep,
  undo,
  reason,
  breakglass,
  raise,
  rehearse,
  away,
  reassess,
  link,
  unlink,
  console,
  signOut,
  notme,
  adopt,
  redact,
  legalHold,
  status,
  who,
  decisions,
  prove,
  record,
  policy,
  figures,
  audit,
  help,
];
