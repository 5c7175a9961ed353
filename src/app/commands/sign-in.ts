import { linkLasts, sessionLastsBy } from "../../core/people/login-links.ts";
import { type SignInAccount, signedInAs } from "../../core/people/person.ts";
import { rfc3339 } from "../../core/time.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { newToken, type Pass, type SessionParts } from "./sessions.ts";

/** Somebody for whom an OpenID Connect issuer vouches. */
export interface Vouched {
  readonly account: SignInAccount;
  /** The Slack member id, the AAD object id, or the subject. */
  readonly id: string;
  /** The issuer's address. */
  readonly issuer: string;
  /** The same at a repeat of the same answer of the issuer, which is refused. */
  readonly key: string;
}

/**
 * A session for whoever an issuer vouches for: what a login link would be, made and used in one
 * commit. `stranger`: the policy in force names nobody with that account. `used`: this answer of the
 * issuer has been used before.
 */
export async function signIn(
  { journal, random }: Pick<SessionParts, "journal" | "random">,
  vouched: Vouched,
): Promise<Pass | "stranger" | "used"> {
  let pass: Pass | null = null;
  const asked = { key: vouched.key, surface: "console" as const, deployments: [] };
  const { repeat } = await journal.write(asked, (work) => {
    pass = admit(work, random, vouched);
    return null;
  });
  return repeat ? "used" : (pass ?? "stranger");
}

function admit(
  work: UnitOfWork,
  random: SessionParts["random"],
  { account, id, issuer }: Vouched,
): Pass | null {
  const { policy } = work.situation("");
  const known = signedInAs(work.rules.people(), { account, id }, (person) =>
    policy.people.has(person),
  );
  if (!known) return null;
  const person = known.id;
  const actor = { type: "person" as const, person };
  const until = rfc3339(work.now + linkLasts);
  const made = { kind: "session.issued" as const, person, expires: until };
  const [entry] = work.add("org", [{ actor, body: { ...made, signIn: { account, issuer } } }]);
  const issued = entry?.id ?? "";
  const expires = work.now + sessionLastsBy({ from: account });
  const { token, row } = newToken(random, "session", { issued, person, expires });
  work.extra.sessions.push(row);
  const used = { kind: "session.used" as const, person, issued, expires: rfc3339(expires) };
  work.add("org", [{ actor, body: used }]);
  return { token, expires };
}
