import { signIn } from "../app/commands/sign-in.ts";
import type { Clock, DoctorFinding } from "../app/ports.ts";
import type { Config } from "../config.ts";
import type { SignIn } from "../console/ports.ts";
import type { AccountChat } from "../core/people/person.ts";
import * as words from "../core/words/sign-in.ts";
import { limitedFetch } from "../notify/limited-fetch.ts";
import { systemResolve } from "../notify/post.ts";
import type { IssuedAccount } from "../sign-in/claims.ts";
import { createIssuer, type NotVouched } from "../sign-in/issuer.ts";
import type { Parts } from "./core-parts.ts";

/** Sign-in by OpenID Connect for the server, loaded only where it is configured. */

export interface SignInDependencies {
  readonly config: NonNullable<Config["signIn"]>;
  readonly publicUrl: string;
  /** The tenants whose people are accepted where Teams is configured; empty = the issuer's own. */
  readonly tenants: readonly string[];
  readonly clock: Clock;
  readonly parts: Parts;
  readonly report: (fault: unknown, what: string) => string;
}

/** Where the issuer sends people back to. */
const callbackPath = "/sign-in/callback";

const timeout = 10_000;
/** An issuer's description and keys are a few kilobytes. */
const mostRead = 256 * 1024;

/** Sign-in for the console, and its part of the doctor. */
export interface SignInParts {
  readonly signIn: SignIn;
  examine(): Promise<readonly DoctorFinding[]>;
}

export function createSignIn(dependencies: SignInDependencies): SignInParts {
  const { config, publicUrl, clock, parts, report } = dependencies;
  const { name, issuer } = config;
  const own = new URL(issuer);
  const fetch = limitedFetch({
    own,
    to: own.host,
    timeout,
    most: mostRead,
    resolve: systemResolve,
  });
  const source = createIssuer({
    issuer,
    clientId: config.clientId,
    clientSecret: () => config.clientSecret.reveal(),
    accounts: config.accounts,
    callback: `${publicUrl}${callbackPath}`,
    fetch,
    clock,
  });
  const refused = (why: NotVouched) => ({ because: inWords(name, why, report) });
  const signInHere: SignIn = {
    name,
    begin: async (flow) => {
      const begun = await source.begin(flow);
      return "because" in begun ? refused(begun) : begun;
    },
    finish: async (flow, query) => {
      const finished = await source.finish(flow, query);
      if ("because" in finished) return refused(finished);
      const { vouched } = finished;
      const because = await notAdmitted(dependencies, vouched);
      if (because !== null) return { because };
      const { account, id } = vouched;
      const key = `sign-in:${flow.state}`;
      const pass = await signIn(parts, { account, id, issuer, key });
      if (pass === "used") return { because: words.usedBefore };
      if (pass === "stranger") return { because: words.notInPolicy(name, account, id) };
      return pass;
    },
  };
  return {
    signIn: signInHere,
    examine: async () => [findingOf(config, await source.begin(noFlow))],
  };
}

/** To see whether the issuer answers; nobody comes back with it. */
const noFlow = { state: "doctor", nonce: "doctor", verifier: "doctor" };

/** Whether an account of a chat is of our organization. Null = it is, or there is no chat. */
async function notAdmitted(
  { config, tenants, parts }: SignInDependencies,
  { account, id, home, guest }: IssuedAccount,
): Promise<string | null> {
  if (account === "oidc") return null;
  const ours = tenants.length > 0 ? tenants : [config.tenant];
  const isOther = account === "teams" && !ours.includes(home);
  const chat = parts.platforms.find(({ chat }) => chat.name === account);
  const because = isOther ? "elsewhere" : guest ? "guest" : await chat?.admits({ id, home });
  return because ? words.notAdmitted(chatNames[account], because) : null;
}

const chatNames: Readonly<Record<AccountChat, string>> = {
  slack: "Slack",
  teams: "Microsoft Entra ID",
};

function inWords(name: string, why: NotVouched, report: SignInDependencies["report"]): string {
  switch (why.because) {
    case "declined":
      return words.declined(name, why.code);
    case "unreachable":
      return words.unreachable(name, report(why.fault, "sign-in"));
    case "rejected":
      return words.rejected(name, report(why.fault, "sign-in"));
    case "invalid":
      return words.invalid(name, report(why.fault, "sign-in"));
    case "spent":
      return words.spent(name);
    case "unnamed":
      return words.unnamed(name);
    case "busy":
      return words.busy;
  }
}

function findingOf(
  { issuer }: Pick<NonNullable<Config["signIn"]>, "issuer">,
  begun: Awaited<ReturnType<ReturnType<typeof createIssuer>["begin"]>>,
): DoctorFinding {
  if (!("because" in begun))
    return { is: "ok", what: `The OpenID Connect issuer ${issuer} answers.`, fix: "" };
  const why = "fault" in begun ? begun.fault.message : begun.because;
  return {
    is: "wrong",
    what: `Nobody can sign in at the OpenID Connect issuer ${issuer}: ${why}.`,
    fix: "Look at HOLDPOINT_OIDC_ISSUER, and whether this server may reach it. Login links work meanwhile.",
  };
}
