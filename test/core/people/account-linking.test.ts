import { describe, expect, test } from "vitest";
import { personId } from "../../../src/core/ids.ts";
import type { Entry } from "../../../src/core/log/entry.ts";
import {
  accountsOf,
  codeIn,
  codeLasts,
  codeText,
  endedBy,
  freedOf,
  whichToUnlink,
  whoLinks,
} from "../../../src/core/people/account-linking.ts";
import {
  type AccountChat,
  holderOf,
  type Named,
  peopleOf,
} from "../../../src/core/people/person.ts";
import type { Policy } from "../../../src/core/policy/model.ts";
import { emptyFold } from "../../../src/core/state/fold.ts";
import { foldOrg } from "../../../src/core/state/fold-org.ts";

const now = Date.parse("2026-11-23T10:00:00Z");

interface Given {
  readonly slack?: string;
  readonly teams?: string;
  readonly linkedSlack?: string;
  readonly linkedTeams?: string;
}

const row = (key: string, given: Given = {}): Named => ({
  id: personId(`p_${key}`),
  key,
  name: key,
  pagerduty: null,
  oidc: null,
  slack: given.slack ?? null,
  teams: given.teams ?? null,
  linked: { slack: given.linkedSlack ?? null, teams: given.linkedTeams ?? null },
});

const naming = (...rows: readonly Named[]): Pick<Policy, "people"> => ({
  people: new Set(rows.map(({ id }) => id)),
});

const codeOf = ({ id: person }: Named) => ({ person, expires: now + codeLasts });

describe("a code", () => {
  test("has twelve letters and digits in two groups, and is read however it was typed", () => {
    const code = codeText("abc2defghijklmnopqrs");

    expect(code).toBe("abc2de-fghijk");
    for (const typed of [
      code,
      "ABC2DE FGHIJK",
      "`abc2de-fghijk`",
      "abc2de–fghijk.",
      "abc2defghijk",
    ])
      expect(codeIn(typed), typed).toBe("abc2defghijk");
  });

  test.each(["", "abc2de-fghij", "abc2de-fghijkl", "abc0de-fghijk", "аbc2de-fghijk", "link"])(
    "“%s” is none",
    (typed) => {
      expect(codeIn(typed)).toBeNull();
    },
  );
});

describe("whose account it becomes", () => {
  const chidi = row("chidi", { teams: "T-CHIDI" });
  const bob = row("bob", { slack: "U0BOB" });
  const gone = row("gone", { slack: "U0GONE" });
  const rows = [chidi, bob, gone];
  const at = { now, policy: naming(chidi, bob), rows };
  const from = (id: string, chat: AccountChat = "slack") => ({ chat, id });

  test("is whoever the code was shown to, if they have none there", () => {
    expect(whoLinks(at, from("U0NEW"), codeOf(chidi))).toBe(chidi.id);
    expect(whoLinks(at, from("U0GONE"), codeOf(chidi))).toBe(chidi.id);
  });

  test("is nobody without a code, at its end, or where the policy names its person no more", () => {
    const none = { refused: "no-such-code" };
    expect(whoLinks(at, from("U0NEW"), null)).toEqual(none);
    const late = { ...at, now: now + codeLasts };
    expect(whoLinks(late, from("U0NEW"), codeOf(chidi))).toEqual(none);
    expect(whoLinks(at, from("U0NEW"), codeOf(gone))).toEqual(none);
  });

  test("is nobody where the person has one, by the policy or by a link", () => {
    const has = { refused: "has-account", chat: "slack" };
    expect(whoLinks(at, from("U0NEW"), codeOf(bob))).toMatchObject({ ...has, linked: false });
    const linked = { ...at, rows: [row("chidi", { linkedSlack: "U0CHIDI" }), bob] };
    expect(whoLinks(linked, from("U0NEW"), codeOf(chidi))).toMatchObject({ ...has, linked: true });
  });

  test("is never somebody else than whose it is, whatever code is entered and however its id is written", () => {
    for (const id of ["U0BOB", "u0bob"])
      expect(whoLinks(at, from(id), codeOf(chidi))).toMatchObject({
        refused: "account-known",
        person: bob.id,
      });
  });
});

describe("the accounts that count", () => {
  test("are the policy's, else those that were linked, and one account is never two people's", () => {
    const people = peopleOf([
      row("chidi", { slack: "U0NEW", linkedSlack: "U0OLD", linkedTeams: "T-CHIDI" }),
      row("erin", { linkedSlack: "u0new" }),
    ]);

    expect([...people.values()]).toMatchObject([
      { key: "chidi", slack: "U0NEW", teams: "T-CHIDI" },
      { key: "erin", slack: null, teams: null },
    ]);
    expect(JSON.stringify([...people.values()])).not.toContain("linked");
  });

  test("speak for whom the policy names, before whoever an older one named", () => {
    const [old, now] = [row("a-old", { slack: "U0ONE" }), row("b-now", { slack: "U0ONE" })];
    const people = peopleOf([old, now]);
    const account = { chat: "slack" as const, id: "U0ONE" };

    expect(holderOf(people, account, (id) => id === now.id)?.key).toBe("b-now");
    expect(holderOf(people, account, () => false)?.key).toBe("a-old");
    expect(holderOf(people, { ...account, chat: "teams" }, () => true)).toBeNull();
  });
});

describe("a policy", () => {
  const linked = row("chidi", { linkedSlack: "U0CHIDI", linkedTeams: "T-CHIDI" });
  const { linked: _, ...chidi } = linked;
  const ended = [{ person: linked.id, chat: "slack" }];

  test("that says nothing of a linked account ends no link", () => {
    expect(endedBy([chidi], [linked])).toEqual([]);
    expect(endedBy([chidi, { ...row("bob"), slack: "U0BOB" }], [linked])).toEqual([]);
  });

  test("that names an account of theirs there, the same or another, ends that link and no other", () => {
    for (const slack of ["U0OTHER", "U0CHIDI"])
      expect(endedBy([{ ...chidi, slack }], [linked])).toEqual(ended);
  });

  test("that names the account for somebody else ends the link", () => {
    expect(endedBy([chidi, { ...row("bob"), slack: "u0chidi" }], [linked])).toEqual(ended);
  });

  test("that names them no more ends all their links", () => {
    expect(endedBy([], [linked])).toEqual([...ended, { person: linked.id, chat: "teams" }]);
  });

  test("takes accounts from those whom it does not name, and only those that are somebody's now", () => {
    const gone = row("gone", { slack: "U0ONE", teams: "T-GONE" });
    const other = row("other", { slack: "U0TWO" });
    const robert = row("robert", { slack: "U0ONE" });
    const rows = [gone, other, robert];

    const freed = freedOf(accountsOf([robert]), rows, (id) => id === robert.id);

    expect(freed).toMatchObject([{ key: "gone", slack: null, teams: "T-GONE" }]);
    expect(freed[0]).not.toHaveProperty("linked");
  });
});

describe("unlinking", () => {
  const person = personId("p_chidi");
  const entry = (kind: string, chat: AccountChat): Entry =>
    ({ kind, person, chat, at: "2026-11-23T10:00:00.000Z" }) as unknown as Entry;
  const stateAfter = (...entries: readonly Entry[]) => entries.reduce(foldOrg, emptyFold.org);

  test("takes the only one there is, or the one that is named, and asks where there are two", () => {
    const org = stateAfter(entry("identity.linked", "slack"));
    const two = stateAfter(entry("identity.linked", "slack"), entry("identity.linked", "teams"));

    expect(whichToUnlink(org, person, "")).toBe("slack");
    expect(whichToUnlink(two, person, "teams")).toBe("teams");
    expect(whichToUnlink(two, person, "")).toMatchObject({ refused: "several-linked" });
    expect(whichToUnlink(org, person, "teams")).toMatchObject({ refused: "nothing-linked" });
    expect(whichToUnlink(org, personId("p_bob"), "")).toMatchObject({ refused: "nothing-linked" });
  });

  test("leaves the state as it was before, and linking twice is linking once", () => {
    const again = stateAfter(
      entry("identity.linked", "slack"),
      entry("identity.linked", "slack"),
      entry("identity.linked", "teams"),
      entry("identity.unlinked", "slack"),
    );

    expect(again.linked).toEqual({ [person]: ["teams"] });
    expect(foldOrg(again, entry("identity.unlinked", "teams")).linked).toEqual({ [person]: [] });
  });
});
