import type { PolicyDoc } from "../schema/policy-schema.ts";
import { signedPartsOf, signedTextProblem, tells } from "../signed-text.ts";
import type { CheckInput } from "./findings.ts";

type HmacDoc = Extract<PolicyDoc["sources"][string]["auth"], { hmac: unknown }>["hmac"];

/** What is signed can be put together again, and each header that is named for it is needed. */
export function checkSigned(
  report: CheckInput["report"],
  path: readonly string[],
  { signed, id, timestamp, tolerance }: HmacDoc,
): void {
  const problem = signed === undefined ? null : signedTextProblem(signed);
  if (problem !== null) {
    report.error([...path, "signed"], problem);
    return;
  }
  const parts = signedPartsOf(signed ?? "");
  const header = (name: "id" | "timestamp", said: string | undefined): void => {
    const isTold = tells(parts, name);
    if (isTold && said === undefined)
      report.error(path, `${name} is missing: which header says the {${name}} that is signed`);
    if (!isTold && said !== undefined)
      report.error([...path, name], `is a header that nobody signs: write {${name}} in signed`);
  };
  header("id", id);
  header("timestamp", timestamp);
  if (tolerance !== undefined && !tells(parts, "timestamp"))
    report.error([...path, "tolerance"], "is of a timestamp: write {timestamp} in signed");
}
