import { instantOf, rfc3339 } from "../../../../src/core/time.ts";
import type { Line } from "../../../support/histories.ts";
import { person, type Rewrite } from "../../../support/rewriting.ts";

const nobodyKnows = `c_${"0".repeat(64)}`;

/** Puts a request and an agreement before the last entry; answers the index of the agreement. */
const erasing =
  (asking: Line, agreeing: Line, wrong: 0 | 1 = 1) =>
  (lines: Line[]): number => {
    const last = lines.length - 1;
    const { at: time, policy, origin } = lines[last] ?? {};
    const base = { v: 1, at: time, policy, origin, subject: "org", surface: "console" };
    const expires = rfc3339(instantOf(String(time)) + 3_600_000);
    const about = { person: "p_gina", entry: "", reason: nobodyKnows };
    lines.splice(
      last,
      0,
      { ...base, kind: "redaction.asked", id: "e_asks", ...about, expires, ...asking },
      {
        ...base,
        kind: "log.redacted",
        id: "e_agrees",
        asked: "e_asks",
        ...about,
        commitments: [],
        ...agreeing,
      },
    );
    return last + wrong;
  };

/** Puts a hold and its end before the last entry; answers the index of the wrong one. */
const holding =
  (placing: Line, lifting: Line, wrong: 0 | 1 = 1) =>
  (lines: Line[]): number => {
    const last = lines.length - 1;
    const { at: time, policy, origin } = lines[last] ?? {};
    const base = { v: 1, at: time, policy, origin, subject: "org", surface: "console" };
    const placed = { what: "everything", target: "", reason: nobodyKnows };
    lines.splice(
      last,
      0,
      { ...base, kind: "hold.placed", id: "e_held", ...placed, ...placing },
      {
        ...base,
        kind: "hold.lifted",
        id: "e_lifts",
        hold: "e_held",
        reason: nobodyKnows,
        ...lifting,
      },
    );
    return last + wrong;
  };

const [chidi, erin] = [{ actor: person("chidi") }, { actor: person("erin") }];

/** Who may erase. */
export const ofErasures: readonly Rewrite[] = [
  {
    name: "an erasure by one person alone",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: erasing(chidi, chidi),
    says: /p_chidi asked for the erasure and agreed to it alone/,
  },
  {
    name: "an erasure by the operator",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: erasing(chidi, { actor: { type: "operator" } }),
    says: /never made by the operator/,
  },
  {
    name: "an erasure that nobody asked for",
    of: "resumed",
    is: "INCONSISTENT",
    change: erasing(chidi, { ...erin, asked: "e_other" }),
    says: /nobody waits for an agreement to e_other/,
  },
  {
    name: "an erasure of something else than was asked for",
    of: "resumed",
    is: "INCONSISTENT",
    change: erasing(chidi, { ...erin, person: "p_frank" }),
    says: /it erases something else than e_asks asked for/,
  },
  {
    name: "an erasure after the time to agree",
    of: "resumed",
    is: "INCONSISTENT",
    change: erasing({ ...chidi, expires: "2020-01-01T00:00:00.000Z" }, erin),
    says: /nobody waits for an agreement|the time to agree to it had passed/,
  },
  {
    name: "a request to erase that waits longer than a day",
    of: "resumed",
    is: "INCONSISTENT",
    change: erasing({ ...chidi, expires: "2090-01-01T00:00:00.000Z" }, erin, 0),
    says: /longer than a day/,
  },
  {
    name: "a request to erase nothing",
    of: "resumed",
    is: "INCONSISTENT",
    change: erasing({ ...chidi, person: "" }, erin, 0),
    says: /or for neither/,
  },
  {
    name: "a legal hold that the operator lifts",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: holding({ actor: { type: "operator" } }, { actor: { type: "operator" } }),
    says: /never made by the operator/,
  },
  {
    name: "a legal hold placed by somebody whom no rule names",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: holding({ actor: { type: "stranger" } }, erin, 0),
    says: /never made by/,
  },
  {
    name: "the end of a legal hold that does not stand",
    of: "resumed",
    is: "INCONSISTENT",
    change: holding(chidi, { ...erin, hold: "e_other" }),
    says: /no hold e_other stands/,
  },
  {
    name: "a legal hold of nothing",
    of: "resumed",
    is: "INCONSISTENT",
    change: holding({ ...chidi, what: "person" }, erin, 0),
    says: /does not say what is held/,
  },
];
