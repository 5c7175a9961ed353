import { expressionsIn } from "../mapping.ts";
import { compileExpression } from "../mapping-expression.ts";
import type { MappingDoc } from "../schema/mapping-schema.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";
import type { CheckInput, Finding } from "./findings.ts";

type SourceDoc = PolicyDoc["sources"][string];

/**
 * A mapping stands where it is needed and nowhere else, and its expressions can be told. Whether it
 * fits its sample is tried by whoever can read bodies.
 */
export function checkMapping(
  look: CheckInput,
  id: string,
  { type, mapping, auth }: SourceDoc,
): void {
  const path = ["sources", id];
  const { report } = look;
  if (type === "mapped" && !mapping)
    report.error(path, "mapping is missing: a source of type mapped says where each field stands");
  if (!mapping) return;
  const place = [...path, "mapping"];
  if (type !== "mapped")
    report.error(place, `is for sources of type mapped: how ${type} is read is known`);
  if (mapping.value !== undefined && mapping.worse === undefined)
    report.error(
      place,
      "worse is missing: a number without it does not say which way is bad",
      "higher, lower, unknown",
    );
  if (mapping.event !== undefined && isSecret(mapping.event, auth))
    report.error([...place, "event"], "is a header that carries a secret: it would be stored");
  checkExpressions(look, place, mapping);
}

function checkExpressions(
  { report }: CheckInput,
  place: Finding["path"],
  mapping: MappingDoc,
): void {
  for (const { path, source, gives } of expressionsIn(mapping)) {
    const compiled = compileExpression(source, gives);
    if ("evaluate" in compiled) continue;
    for (const problem of compiled.problems) report.error([...place, ...path], problem);
  }
}

const secretHeaders = ["authorization", "cookie", "proxy-authorization"];

function isSecret(header: string, auth: SourceDoc["auth"]): boolean {
  const name = header.toLowerCase();
  const own = "header" in auth ? auth.header.name.toLowerCase() : "";
  return [...secretHeaders, own].includes(name);
}
