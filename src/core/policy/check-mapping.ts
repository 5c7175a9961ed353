import { compileExpression } from "../expression.ts";
import type { Look } from "./findings.ts";
import { expressionsIn } from "./mapping.ts";
import type { PolicyDoc } from "./schema.ts";

/** A mapping stands where it is needed and nowhere else, and its expressions can be told. Whether it fits its sample is tried by whoever can read bodies. */
export const checkMapping = (
  { report }: Look,
  id: string,
  { type, mapping }: PolicyDoc["sources"][string],
): void => {
  const path = ["sources", id];
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
  for (const { path: at, source, gives } of expressionsIn(mapping)) {
    const compiled = compileExpression(source, gives);
    if ("evaluate" in compiled) continue;
    for (const problem of compiled.problems) report.error([...place, ...at], problem);
  }
};
