import type { PolicyDoc } from "../schema/policy-schema.ts";
import { millis } from "../spans.ts";
import { type CheckInput, type Finding, oneOf } from "./findings.ts";

type Deployment = PolicyDoc["deployments"][string];

/** What follows an overdue review: that it can follow, and that nothing stands for ever unsaid. */
export function checkOverdue(
  { report }: CheckInput,
  { reassess: { onOverdue, grace } }: Deployment,
  { names, path }: { readonly names: readonly string[]; readonly path: Finding["path"] },
): void {
  const place = [...path, "onOverdue"];
  if (grace !== undefined && millis(grace) < day)
    report.error([...path, "grace"], "must be at least 1d: people are told a day before");
  if (onOverdue === undefined)
    report.warning(
      path,
      "has no onOverdue: a keep that nobody reviews stands for ever. Write onOverdue: narrow or pause; or onOverdue: remind, if reminders are enough",
    );
  if (grace !== undefined && (onOverdue === undefined || onOverdue === "remind"))
    report.warning([...path, "grace"], "has no effect without onOverdue: narrow or pause");
  if (onOverdue === "narrow" && names.length < 2)
    report.warning(
      place,
      "there is no narrower scope: what is overdue stands for ever. Write onOverdue: pause",
    );
  if (typeof onOverdue !== "object") return;
  const narrowTo = [...place, "narrow"];
  oneOf(report, { all: names, name: onOverdue.narrow, path: narrowTo, what: "no scope" });
  if (onOverdue.narrow === names[0])
    report.warning(
      narrowTo,
      `${onOverdue.narrow} is the widest scope: nothing would get narrower. Name a later one, or write onOverdue: pause`,
    );
}

const day = 86_400_000;
