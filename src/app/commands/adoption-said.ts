import { nearestNames } from "../../core/did-you-mean.ts";
import type { PolicyDoc } from "../../core/policy/schema/policy-schema.ts";
import { storable } from "../../core/text.ts";
import type { AdoptionSaid } from "../ports.ts";

/** For whom a policy is adopted and why: read from what the operator typed. */

/**
 * The same with people by their keys in the policy; null where nothing was said. `problems`: why it
 * cannot be recorded.
 */
export function readSaid({
  doc,
  said,
}: {
  readonly doc: Pick<PolicyDoc, "people">;
  readonly said: AdoptionSaid | null;
}): AdoptionSaid | { readonly problems: readonly string[] } | null {
  if (said === null) return null;
  const because = storable(said.because).trim();
  const as = keyOf(doc, said.as);
  const confirmedBy = said.confirmedBy === null ? null : keyOf(doc, said.confirmedBy);
  const problems = [
    ...(as === undefined ? [nobody(doc, "--as", said.as)] : []),
    ...(confirmedBy === undefined ? [nobody(doc, "--confirmed-by", said.confirmedBy ?? "")] : []),
    ...(as !== undefined && as === confirmedBy
      ? [`--confirmed-by: ${as} is who it is adopted for; name somebody else, or leave it out.`]
      : []),
    ...basisProblems(said.basis),
    ...(because === "" ? ["--because: say why, so that the record has it."] : []),
    ...(because.length > longest ? [`--because: at most ${longest} characters.`] : []),
  ];
  if (as === undefined || confirmedBy === undefined || problems.length > 0) return { problems };
  return { as, because, confirmedBy, basis: said.basis };
}

function basisProblems(basis: string | null): readonly string[] {
  const isLink = basis === null || (/^https?:\/\/\S+$/.test(basis) && URL.canParse(basis));
  return isLink && (basis?.length ?? 0) <= 500
    ? []
    : ["--basis: must be an address like https://example.com/paper, at most 500 characters."];
}

const longest = 4_000;

function keyOf({ people }: Pick<PolicyDoc, "people">, asked: string): string | undefined {
  const wanted = asked.trim().toLowerCase();
  return Object.keys(people).find(
    (key) => key === wanted || people[key]?.name.toLowerCase() === wanted,
  );
}

function nobody({ people }: Pick<PolicyDoc, "people">, option: string, asked: string): string {
  const near = nearestNames(asked, Object.keys(people));
  const meant = near.length > 0 ? `; nearest: ${near.join(", ")}` : "";
  return `${option}: the policy names nobody “${asked}”${meant}.`;
}
