import { describe, expect, test } from "vitest";
import type { EntryId, PersonId } from "../../../src/core/ids.ts";
import { erasureAsked, mayErase } from "../../../src/core/people/erasure.ts";
import { checkErased, checkErasureAsked } from "../../../src/core/replay/check-erasure.ts";
import type { Moment } from "../../../src/core/replay/moment.ts";
import { rfc3339 } from "../../../src/core/time.ts";

const [ana, bob, cleo] = ["p_ana", "p_bob", "p_cleo"] as PersonId[] as [
  PersonId,
  PersonId,
  PersonId,
];
const people: ReadonlySet<PersonId> = new Set([ana, bob, cleo]);
const listed = { people, redact: new Set([ana, bob]) };
const unlisted = { people, redact: null };
const now = 1_790_000_000_000;
const target = { person: cleo, entry: "" } as const;
const asked = "e_asked" as EntryId;
const waiting = (by: PersonId) => ({ [asked]: { ...target, by, until: now + 1 } });

describe("who may erase", () => {
  test("whom the policy lists; without a list whoever it names; never somebody it does not name", () => {
    expect([ana, bob, cleo].map((person) => mayErase(listed, person))).toEqual([true, true, false]);
    expect([ana, bob, cleo].map((person) => mayErase(unlisted, person))).toEqual([
      true,
      true,
      true,
    ]);
    const left = { people: new Set([bob]), redact: new Set([ana, bob]) };
    expect(mayErase(left, ana)).toBe(false);
  });

  test("a request by somebody who was taken from the list counts no longer", () => {
    const found = (by: PersonId) =>
      erasureAsked({ erasures: waiting(by) }, { target, policy: listed, now });
    expect(found(ana)).toMatchObject({ asked, by: ana });
    expect(found(cleo)).toBeNull();
  });

  /** What the replay says of an entry by somebody, after a request by somebody else. */
  const verdicts = (by: PersonId, before: PersonId, policy: typeof listed | typeof unlisted) => {
    const said = {
      entry: { ...target, asked, actor: { type: "person", person: by }, expires: rfc3339(now + 1) },
      now,
      situation: { policy, org: { erasures: waiting(before) } },
    };
    return {
      asks: [...checkErasureAsked(said as unknown as Moment<"redaction.asked">)],
      agrees: [...checkErased(said as unknown as Moment<"log.redacted">)],
    };
  };

  test("the replay finds who is not listed, and a request by somebody who is not any more", () => {
    expect(verdicts(ana, bob, listed)).toEqual({ asks: [], agrees: [] });
    expect(verdicts(cleo, bob, unlisted)).toEqual({ asks: [], agrees: [] });
    const { asks, agrees } = verdicts(cleo, bob, listed);
    for (const found of [asks, agrees])
      expect(JSON.stringify(found)).toContain("not among those who may erase");
    expect(JSON.stringify(verdicts(ana, cleo, listed).agrees)).toContain("may not erase any more");
  });
});
