import { describe, expect, test } from "vitest";
import { personId } from "../../../src/core/ids.ts";
import { whoChanged } from "../../../src/core/people/account-changes.ts";
import type { Named } from "../../../src/core/people/person.ts";

/** However a policy says who is who: nobody becomes somebody else without a line that says so. */

const person = (key: string, known: Partial<Named> = {}): Named => ({
  id: personId(`p_${key}`),
  key,
  name: `Name of ${key}`,
  pagerduty: null,
  oidc: null,
  slack: `U${key.toUpperCase()}`,
  teams: null,
  linked: { slack: null, teams: null },
  ...known,
});

const named = (rows: readonly Named[]) => ({ people: new Set(rows.map(({ id }) => id)) });

/**
 * Adopts one file after another and answers with what each changed; rows stay for ever, as in the
 * database.
 */
function adoptions(...files: readonly (readonly Named[])[]) {
  let rows = files[0] ?? [];
  let was = named(rows);
  return files.slice(1).map((after) => {
    const policy = named(after);
    const changed = whoChanged({ rows, after, was, policy });
    rows = [...rows.filter((row) => !after.some(({ id }) => id === row.id)), ...after];
    was = policy;
    return changed.map(({ person: id, what, before, now }) => ({
      id,
      what,
      before: before && [before.name, before.slack],
      now: now && [now.name, now.slack],
    }));
  });
}

const [ann, ben] = [person("ann"), person("ben")];

describe("what a policy changes", () => {
  test("is nothing where it says the same of everybody", () => {
    expect(adoptions([ann, ben], [ann, ben])).toEqual([[]]);
  });

  test.each([
    ["another account", { slack: "UEVIL" }],
    ["no account", { slack: null }],
    ["another name", { name: "Somebody Else" }],
    ["an account in another chat", { teams: "guid" }],
    ["another PagerDuty user", { pagerduty: "PX" }],
    ["another subject", { oidc: "sub-2" }],
  ])("is said of who has %s", (_what, known) => {
    expect(adoptions([ann, ben], [person("ann", known), ben])).toMatchObject([
      [{ id: ann.id, what: "changed", before: [ann.name, ann.slack] }],
    ]);
  });

  test("is said of both who swap accounts, and again when they swap back", () => {
    const swapped = [person("ann", { slack: ben.slack }), person("ben", { slack: ann.slack })];

    const [there, back] = adoptions([ann, ben], swapped, [ann, ben]);

    expect(there).toMatchObject([
      { id: ann.id, before: [ann.name, "UANN"], now: [ann.name, "UBEN"] },
      { id: ben.id, before: [ben.name, "UBEN"], now: [ben.name, "UANN"] },
    ]);
    expect(back).toHaveLength(2);
  });

  test("is said of both who swap names", () => {
    const swapped = [person("ann", { name: ben.name }), person("ben", { name: ann.name })];

    expect(adoptions([ann, ben], swapped)[0]).toHaveLength(2);
  });

  test("is said of who leaves, and of who comes back by another key with the old name or account", () => {
    for (const again of [
      person("annie", { name: " name OF  ann ", slack: "UEVIL" }),
      person("annie", { slack: "uann" }),
    ]) {
      const [left, back] = adoptions([ann, ben], [ben], [ben, again]);

      expect(left).toMatchObject([{ id: ann.id, what: "removed", now: null }]);
      expect(back).toMatchObject([{ id: again.id, what: "added", before: [ann.name, "UANN"] }]);
    }
  });

  test.each(["NAME of ann", "Name\u200b of\u00a0ann ", "Ｎame of ann"])(
    "is said of who comes by another key with the old name, written as %j",
    (name) => {
      const again = person("zoe", { name, slack: null });

      const [changed] = adoptions([ann, ben], [ben, again]);

      expect(changed).toMatchObject([
        { id: again.id, before: [ann.name, ann.slack] },
        { id: ann.id, what: "removed" },
      ]);
    },
  );

  test("is said of who comes back under their key with another account", () => {
    const [, back] = adoptions([ann, ben], [ben], [person("ann", { slack: "UEVIL" }), ben]);

    expect(back).toMatchObject([
      { id: ann.id, what: "added", before: [ann.name, "UANN"], now: [ann.name, "UEVIL"] },
    ]);
  });

  test("is said of who is new, and of whose linked account gives way to another", () => {
    const linked = person("ann", { slack: null, linked: { slack: "ULINKED", teams: null } });
    const fixed = person("ann", { slack: "UEVIL" });

    expect(adoptions([ben], [ben, ann])[0]).toMatchObject([{ what: "added", before: null }]);
    expect(adoptions([linked], [fixed])[0]).toMatchObject([
      { what: "changed", before: [ann.name, "ULINKED"], now: [ann.name, "UEVIL"] },
    ]);
    expect(adoptions([linked], [linked])[0]).toEqual([]);
  });
});
