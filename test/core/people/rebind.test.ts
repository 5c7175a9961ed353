import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayConfirm } from "../../../src/core/decision/confirm-resume.ts";
import type { PersonId } from "../../../src/core/ids.ts";
import type { EntryOf } from "../../../src/core/log/entry.ts";
import type { IdentityPart } from "../../../src/core/log/entry-fields.ts";
import { barredUntil, hasNewAccount, newUntil } from "../../../src/core/people/rebind.ts";
import { emptyFold } from "../../../src/core/state/fold.ts";
import { foldOrg } from "../../../src/core/state/fold-org.ts";
import type { OrgState } from "../../../src/core/state/state.ts";
import { rfc3339 } from "../../../src/core/time.ts";
import { hours, id, type Key, policyWith, tuesdayNight } from "../../support/builders.ts";
import { Log, of, refused, said } from "../../support/core-log.ts";

/** A policy gives somebody a new account. */
function moved(log: Log, key: Key, changes: EntryOf<"identity.changed">["changes"] = []): void {
  const rebind = newUntil(log.now, [log.situation.policy]) ?? "";
  const body = { kind: "identity.changed", person: id(key), what: "changed", changes } as const;
  const entry = { ...body, deployments: [], ...(rebind && { rebind }) };
  log.add([{ actor: { type: "operator" }, body: entry }]);
}

function paused(policy = policyWith()): Log {
  const log = new Log(policy);
  log.fire("jailbreak-rate");
  said(log, "bob", "pause HP-1");
  return log;
}

describe("people whose accounts are new", () => {
  test("do not resume among themselves; with somebody whose account is not, they do", () => {
    const log = paused();
    said(log, "chidi", "resume HP-1");
    moved(log, "chidi");
    moved(log, "erin");

    expect(mayConfirm(log.situation, id("erin"))).toBe(false);
    expect(refused(log, "erin", "resume HP-1")).toEqual({
      refused: "new-accounts",
      deployment: "assistant-prod",
      people: [id("chidi"), id("erin")],
      until: tuesdayNight + hours(24),
      confirmers: [id("frank")],
    });
    expect(log.scope).toBe("paused");
    said(log, "frank", "resume HP-1");
    expect(log.scope).toBe("full");
  });

  test("one of them is enough not to be new", () => {
    const log = paused();
    moved(log, "erin");
    said(log, "chidi", "resume HP-1");
    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("full");
  });

  test("resume when the time is over", () => {
    const log = paused();
    moved(log, "chidi");
    moved(log, "erin");
    log.now += hours(23);
    said(log, "chidi", "resume HP-1");
    refused(log, "erin", "resume HP-1");
    log.now += hours(1);
    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("full");
  });

  test("do not break the glass to resume, and stop at once all the same", () => {
    const log = paused();
    moved(log, "frank");
    expect(refused(log, "frank", "breakglass resume HP-1")).toMatchObject({
      refused: "new-accounts",
      people: [id("frank")],
    });
    log.now += hours(24);
    said(log, "frank", "breakglass resume HP-1");
    expect(log.scope).toBe("full");
    moved(log, "bob");
    said(log, "bob", "pause");
    expect(log.scope).toBe("paused");
  });

  test("do not let a resume take effect that waited for an objection", () => {
    const log = paused();
    for (const key of ["chidi", "erin"] as const) log.asked.add(id(key));
    log.link = "e_one";
    said(log, "chidi", "resume HP-1");
    log.link = "e_two";
    said(log, "erin", "resume HP-1");
    log.link = null;
    moved(log, "chidi");
    moved(log, "erin");
    const entries = log.wait(hours(1));
    expect(of(entries, "decision.lapsed")).toMatchObject([{ because: "accounts changed" }]);
    expect(log.scope).toBe("paused");
  });

  test("a policy that sets no such time lets them", () => {
    const log = paused({ ...policyWith(), rebind: 0 });
    moved(log, "chidi");
    moved(log, "erin");
    said(log, "chidi", "resume HP-1");
    said(log, "erin", "resume HP-1");
    expect(log.scope).toBe("full");
  });
});

test("the longer time of the policies before and after counts, so that no policy shortens its own", () => {
  const [day, none] = [{ rebind: hours(24) }, { rebind: 0 }];
  expect(newUntil(0, [day, none])).toBe(rfc3339(hours(24)));
  expect(newUntil(0, [none, day])).toBe(rfc3339(hours(24)));
  expect(newUntil(0, [none])).toBeNull();
});

test("a name or a pager is no account that somebody decides from, nor is one that is gone", () => {
  const change = (of: IdentityPart, before: string, after: string) => [{ of, before, after }];
  expect(hasNewAccount(change("slack", "U1", "U2"))).toBe(true);
  expect(hasNewAccount(change("teams", "", "6f1c"))).toBe(true);
  expect(hasNewAccount(change("oidc", "sub-1", "sub-2"))).toBe(true);
  expect(hasNewAccount(change("slack", "U1", "U1"))).toBe(false);
  expect(hasNewAccount(change("slack", "U1", ""))).toBe(false);
  expect(hasNewAccount(change("name", "Erin", "Erika"))).toBe(false);
  expect(hasNewAccount(change("pagerduty", "P1", "P2"))).toBe(false);
});

test("whatever changes when, people are barred exactly while the account of each of them is new", () => {
  const people = ["chidi", "erin", "frank"] as const;
  const change = fc.record({
    who: fc.constantFrom(...people),
    at: fc.nat(100),
    length: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), fc.nat(160), (all, now) => {
      const changes = [...all].sort((a, b) => a.at - b.at).filter(({ at }) => at <= now);
      const org = changes.reduce(
        (state: OrgState, { who, at, length }) => foldOrg(state, changedAt(who, at, at + length)),
        emptyFold.org,
      );
      const until = (person: Key) =>
        Math.max(
          0,
          ...changes.filter(({ who }) => who === person).map(({ at, length }) => at + length),
        );
      for (const some of [["chidi"], ["chidi", "erin"], people] as readonly (readonly Key[])[]) {
        const ends = some.map(until);
        const expected = ends.every((end) => end > now) ? Math.min(...ends) : null;
        expect(barredUntil({ org, now }, some.map(id))).toBe(expected);
      }
    }),
  );
});

function changedAt(who: Key, at: number, until: number): EntryOf<"identity.changed"> {
  const person: PersonId = id(who);
  return {
    v: 1,
    origin: "test",
    id: "e_1",
    subject: "org",
    surface: "http",
    policy: "",
    at: rfc3339(at),
    actor: { type: "operator" },
    kind: "identity.changed",
    what: "changed",
    changes: [],
    deployments: [],
    person,
    rebind: rfc3339(until),
  };
}

test("the record keeps what people are known by, part by part", () => {
  const base = changedAt("erin", 0, 0);
  const bound = (parts: EntryOf<"identity.bound">["bound"][number]["parts"]) =>
    ({ ...base, kind: "identity.bound", bound: [{ person: id("erin"), parts }] }) as const;
  const steps = [
    bound([
      { of: "name", value: "c_1" },
      { of: "slack", value: "c_2" },
    ]),
    { ...base, changes: [{ of: "slack", before: "c_2", after: "c_3" }] } as const,
    bound([{ of: "pagerduty", value: "c_4" }]),
    {
      ...base,
      kind: "identity.linked",
      chat: "teams",
      account: "c_5",
    } as const,
  ];
  const org = steps.reduce(foldOrg, emptyFold.org);
  expect(org.bound[id("erin")]).toEqual({
    name: "c_1",
    slack: "c_3",
    pagerduty: "c_4",
    teams: "c_5",
  });
  const after = foldOrg(org, {
    ...base,
    kind: "identity.unlinked",
    chat: "teams",
    because: "asked",
  });
  expect(after.bound[id("erin")]).not.toHaveProperty("teams");
});
