import fc from "fast-check";
import { expect, test } from "vitest";
import type { EntryId } from "../../../src/core/ids.ts";
import { linkInSession, sessionLastsBy } from "../../../src/core/people/login-links.ts";
import {
  type People,
  type SignInAccount,
  signedInAs,
  signInAccounts,
} from "../../../src/core/people/person.ts";
import { rfc3339 } from "../../../src/core/time.ts";
import { hours, id, minutes, people } from "../../support/builders.ts";
import { Log } from "../../support/core-log.ts";

/** A session of somebody who signed in at an issuer is as good as the account, and ends with it. */

const issuer = "https://login.example.com";
const person = id("chidi");

function signIn(log: Log, account: SignInAccount): EntryId {
  const expires = rfc3339(log.now + minutes(10));
  const actor = { type: "person", person } as const;
  const body = { kind: "session.issued", person, expires, signIn: { account, issuer } } as const;
  const [issued] = log.add([{ actor, body }]);
  const used = { kind: "session.used", person, issued: issued?.id ?? "" } as const;
  log.add([{ actor, body: { ...used, expires: rfc3339(log.now + hours(12)) } }]);
  return issued?.id ?? "";
}

test("it lasts twelve hours and is no login link of the operator", () => {
  const log = new Log();
  const session = signIn(log, "oidc");

  const link = log.situation.org.links[session];
  expect(link).toMatchObject({ person, used: true, ended: false, from: "oidc", issuer });
  expect(link && sessionLastsBy(link)).toBe(hours(12));
  expect(linkInSession(log.situation.org, session)).toBeNull();
});

test("it rests on the login link on which its account rests, from the moment it does", () => {
  const log = new Log();
  const session = signIn(log, "slack");
  expect(linkInSession(log.situation.org, session)).toBeNull();

  const actor = { type: "person", person } as const;
  const account = log.text("U0CHIDI001");
  log.link = "e_link";
  log.add([{ actor, body: { kind: "identity.linked", person, chat: "slack", account } }]);
  log.link = null;

  expect(linkInSession(log.situation.org, session)).toBe("e_link");
});

test("whatever changes of whom, it ends exactly when its own account does", () => {
  const change = fc.record({
    who: fc.constantFrom("chidi", "erin"),
    of: fc.constantFrom("name", "slack", "teams", "pagerduty", "oidc"),
  } as const);
  fc.assert(
    fc.property(fc.constantFrom(...signInAccounts), fc.array(change), (account, changes) => {
      const log = new Log();
      const session = signIn(log, account);
      for (const { who, of } of changes) {
        const body = { kind: "identity.changed", person: id(who), what: "changed" } as const;
        const parts = [{ of, before: "" as const, after: log.text("another") }];
        log.add([
          { actor: { type: "operator" }, body: { ...body, changes: parts, deployments: [] } },
        ]);
      }

      const isGone = changes.some(({ who, of }) => who === "chidi" && of === account);
      expect(log.situation.org.links[session]?.ended).toBe(isGone);
    }),
  );
});

test("a subject is somebody's exactly as it is written, and only while the policy names them", () => {
  const [chidi, erin] = [id("chidi"), id("erin")];
  const known: People = new Map(
    [...people].map(([key, known]) => [
      key,
      { ...known, oidc: key === chidi ? "Sub-1" : key === erin ? "sub-2" : null, slack: null },
    ]),
  );
  const as = (subject: string, isNamed = () => true) =>
    signedInAs(known, { account: "oidc", id: subject }, isNamed)?.id ?? null;

  expect(as("Sub-1")).toBe(chidi);
  expect(as("sub-2")).toBe(erin);
  for (const other of ["sub-1", "SUB-2", "Sub-1 ", "", "null"]) expect(as(other), other).toBeNull();
  expect(as("Sub-1", () => false)).toBeNull();
});
