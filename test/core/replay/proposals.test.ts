import { describe, expect, test } from "vitest";
import { verifyMeaning } from "../../../src/core/replay/verify-meaning.ts";
import { instantOf, rfc3339 } from "../../../src/core/time.ts";
import { Log } from "../../support/core-log.ts";
import { exportedAs, type Line, linesOf, writtenPolicy } from "../../support/histories.ts";
import { person } from "../../support/rewriting.ts";
import { differences, findPython, theirs } from "./second-verifier/ask.ts";

/** Where the policy in force has a second person confirm a looser one, both verifiers ask for them. */

const asks = ["# notify: ", "adoption: {}\n# notify: "] as const;
const lax = ["signal.value > 0.05", "signal.value > 0.08"] as const;
const asking = writtenPolicy(asks);
const looser = writtenPolicy(asks, lax);
const named = writtenPolicy(["# notify: ", "adoption: { by: [bob, ana] }\n# notify: "]);
const ended = writtenPolicy();

const commitment = `c_${"0".repeat(64)}`;
const what = [{ deployment: "assistant-prod", what: "x" }];

const operator = { actor: { type: "operator" }, surface: "http" };

interface Case {
  readonly proposing?: Line;
  readonly adopting?: Line;
  readonly to?: typeof looser;
  readonly from?: typeof looser;
  /** Milliseconds between the two. */
  readonly after?: number;
}

function exported({ proposing = {}, adopting = {}, to = looser, from = asking, after = 1 }: Case) {
  const lines = linesOf(new Log(from.policy));
  const [{ origin, at } = {}] = lines.slice(-1);
  const begin = instantOf(String(at));
  const base = { v: 1, origin, subject: "org", policy: from.policy.digest, reason: commitment };
  const { digest } = to.policy;
  const about = { ...base, digest, before: from.policy.digest, looser: what, person: "p_chidi" };
  const { reason: _, ...linking } = base;
  lines.push(
    {
      ...{ ...linking, kind: "session.issued", id: "e_link", at: rfc3339(begin + 1) },
      ...{ person: "p_erin", expires: rfc3339(begin + 60_000), ...operator },
    },
    {
      ...about,
      ...{ kind: "policy.proposed", id: "e_proposes", at: rfc3339(begin + 1), surface: "http" },
      ...{ actor: { type: "operator" }, expires: rfc3339(begin + 7 * 86_400_000) },
      ...proposing,
    },
    {
      ...about,
      ...{ kind: "policy.adopted", id: "e_adopts", at: rfc3339(begin + 1 + after) },
      ...{ actor: person("erin"), surface: "slack", started: [] },
      ...{ confirmer: "p_erin", proposal: "e_proposes" },
      ...adopting,
    },
  );
  return exportedAs(lines, [asking, looser, named, ended]);
}

const unauthorized = "UNAUTHORIZED";

/** What became of the log, and the verdict. */
const cases: readonly (readonly [string, Case, string | null])[] = [
  ["a second person confirmed it", {}, null],
  ["the operator adopted it alone", { adopting: operator }, unauthorized],
  ["the proposer confirmed it", { adopting: { actor: person("chidi") } }, unauthorized],
  ["somebody else confirmed it", { adopting: { actor: person("bob") } }, unauthorized],
  ["another proposal was confirmed", { adopting: { proposal: "e_other" } }, unauthorized],
  ["another policy was proposed", { proposing: { digest: "0".repeat(64) } }, unauthorized],
  [
    "a link of the operator confirmed it",
    { adopting: { link: "e_link", surface: "console" } },
    unauthorized,
  ],
  ["it was confirmed too late", { after: 8 * 86_400_000 }, "INCONSISTENT"],
  ["it waits for longer", { proposing: { expires: "2030-01-01T00:00:00.000Z" } }, "INCONSISTENT"],
  ["the operator ended the rule alone", { to: ended, adopting: operator }, unauthorized],
  [
    "those who are named may",
    { from: named, to: asking, adopting: { actor: person("bob") } },
    null,
  ],
  ["others than those may not", { from: named, to: asking }, unauthorized],
];

describe("a policy that loosens", () => {
  test.each(cases)("%s", (_name, log, is) => {
    expect(verifyMeaning(exported(log)).finding?.is ?? null).toBe(is);
  });

  const python = findPython();
  test.skipIf(python === null)("is judged alike by the verifier in Python", () => {
    const all = cases.map(([name, log]) => ({
      name,
      exported: exported(log),
      kept: { vkey: null, checkpoints: [] },
    }));

    expect(differences(all, theirs(python ?? "", all))).toEqual([]);
  });
});
