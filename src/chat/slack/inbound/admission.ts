import type { WebClient } from "@slack/web-api";
import type { NotAdmitted } from "../../../core/words/sign-in.ts";
import { inTimeOrNull } from "../../shared/timeout.ts";
import type { Directory } from "../outbound/directory.ts";
import { oursIn, whyNot } from "./membership.ts";

/** Somebody waits on a page, and has been to Slack in between. */
const patience = 5_000;

/**
 * Whether an account with which somebody signed in at Slack is of our organization: by the same rule
 * as a request of theirs. Only what Slack says now counts.
 */
export function createAdmission({
  api,
  directory,
}: {
  readonly api: WebClient;
  readonly directory: Pick<Directory, "account">;
}) {
  return async ({
    id,
    home,
  }: {
    readonly id: string;
    readonly home: string;
  }): Promise<NotAdmitted | null> => {
    const [told, account] = await Promise.all([
      inTimeOrNull(api.auth.test(), patience),
      inTimeOrNull(directory.account(id), patience),
    ]);
    const ours = told && oursIn(told);
    if (!ours || !account) return "silent";
    const because = whyNot(account, ours, home !== ours.team);
    return because === "unsaid" ? "silent" : because;
  };
}
