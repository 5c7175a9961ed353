import type { AuthTestResponse } from "@slack/web-api";
import type { DoctorFinding } from "../../../app/ports.ts";
import { oursIn } from "../inbound/membership.ts";
import { examineChannels } from "./doctor-channels.ts";
import type { DoctorContext, Team } from "./doctor-context.ts";
import { examinePeople } from "./doctor-people.ts";
import { scopes } from "./scopes.ts";

/**
 * Everything that decides whether Slack reaches the people of the policy: first the app, then its
 * channels, then the people.
 */
export async function examine(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const app = await examineApp(context);
  if (app.team === null) return app.findings; // without a valid token nothing else can be asked
  return [
    ...app.findings,
    ...(await examineChannels(context)),
    ...(await examinePeople(context, app.team)),
  ];
}

/**
 * The token, its scopes and the clock. Without these nothing in Slack works, so /readyz asks for
 * them. `team` is null where Slack does not accept the token.
 */
export async function examineApp({ ask, clock }: Pick<DoctorContext, "ask" | "clock">): Promise<{
  readonly findings: readonly DoctorFinding[];
  readonly team: Team | null;
  /** Whether Slack answered at all. */
  readonly heard: boolean;
}> {
  const before = clock.now();
  const self = await ask.self();
  const time = clockFindings(ask.clock(), before, clock.now());
  if (!self.ok) {
    const heard = self.error !== "unreachable" && self.error !== "ratelimited";
    return { findings: [...time, tokenFinding(self)], team: null, heard };
  }
  const team = teamIn(self.answer);
  const { user = "", response_metadata, is_enterprise_install } = self.answer;
  const where = is_enterprise_install ? "for the whole organization" : "in the workspace";
  const known: DoctorFinding = {
    is: "ok",
    what: `Slack takes the token: the app is ${user} ${where} ${team.name}.`,
    fix: "",
  };
  const findings = [known, ...scopeFindings(response_metadata?.scopes ?? null), ...time];
  return { findings, team, heard: true };
}

function teamIn(told: AuthTestResponse): Team {
  const ours = oursIn(told) ?? { team: "", enterprise: "" };
  return { ...ours, name: told.team || ours.team || ours.enterprise };
}

function tokenFinding({
  error,
  because,
}: {
  readonly error: string;
  readonly because: string;
}): DoctorFinding {
  if (error === "ratelimited")
    return {
      is: "warning",
      what: `${because}, so nothing could be examined.`,
      fix: "Run this again in a minute.",
    };
  if (error === "unreachable")
    return {
      is: "wrong",
      what: `${because}, so nobody is reached by Slack.`,
      fix: "See that this machine may open connections to SLACK_API_URL, and that the address is right.",
    };
  return {
    is: "wrong",
    what: `Slack does not take SLACK_BOT_TOKEN (${error}), so nobody is reached by Slack.`,
    fix: "Install the app again, put its Bot User OAuth Token into SLACK_BOT_TOKEN and start again.",
  };
}

/**
 * Differences between manifest.json and the granted scopes: an app keeps its old scopes until it is
 * installed again.
 */
function scopeFindings(granted: readonly string[] | null): readonly DoctorFinding[] {
  if (granted === null)
    return [
      {
        is: "warning",
        what: "Slack did not say which scopes the token has, so they could not be compared with manifest.json.",
        fix: "Compare them by hand, under OAuth & Permissions of the app.",
      },
    ];
  const needed = new Set(scopes.map(({ name }) => name));
  const missing = scopes.filter(({ name }) => !granted.includes(name));
  const more = granted.filter((scope) => scope !== "" && !needed.has(scope));
  if (missing.length + more.length === 0)
    return [{ is: "ok", what: "The scopes are those of manifest.json.", fix: "" }];
  return [
    ...missing.map(
      ({ name, without }): DoctorFinding => ({
        is: "wrong",
        what: `The scope ${name} is missing: ${without}.`,
        fix: "Put manifest.json into the app's settings and install the app again.",
      }),
    ),
    ...more.map(
      (name): DoctorFinding => ({
        is: "warning",
        what: `The token has the scope ${name}, which manifest.json does not ask for: whoever steals it can do more.`,
        fix: `Remove ${name} in the app's settings, then revoke the token and install the app again.`,
      }),
    ),
  ];
}

const tolerated = 60_000;

/**
 * Slack's requests are refused when they seem older than five minutes, so a difference of a minute
 * is reported.
 */
function clockFindings(
  slack: number | null,
  before: number,
  after: number,
): readonly DoctorFinding[] {
  if (slack === null) return [];
  const off = Math.max(before - slack, slack - after);
  if (off <= tolerated)
    return [{ is: "ok", what: "This machine's clock agrees with Slack's.", fix: "" }];
  const seconds = Math.round(off / 1000);
  const which = slack > after ? "behind" : "ahead of";
  return [
    {
      is: "wrong",
      what: `This machine's clock is ${seconds} s ${which} Slack's: presses are refused as too old or too new from 300 s on, and every deadline is off.`,
      fix: "Synchronise the clock (NTP), then run this again.",
    },
  ];
}
