import { z } from "zod";
import type { Finding } from "../core/policy/check/findings.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { ask, type ClientResult, type ServerAddress } from "./operator-client.ts";

const names = z.array(z.string());
const body = z.object({
  digest: z.string(),
  rulesNeverMet: names,
  rulesNeverTold: names,
  sourcesNeverHeard: names,
  deploymentsWithoutTrigger: names,
});

/** The triggers and sources of a running server that never received data. */
export type Coverage = z.infer<typeof body>;

/** Asks a running server. */
export function askCoverage(server: ServerAddress): Promise<ClientResult<Coverage>> {
  return ask(server, { path: "/v1/policy/coverage", init: {}, schema: body });
}

/** The same as warnings about a file, for those that the file has too. */
export function coverageFindings(doc: PolicyDoc, found: Coverage): readonly Finding[] {
  const of = (
    section: "triggers" | "sources" | "deployments",
    all: readonly string[],
    message: string,
  ): readonly Finding[] =>
    all
      .filter((id) => Object.hasOwn(doc[section], id))
      .map((id) => ({ path: [section, id], message, allowed: null, level: "warning" }));
  const watched = new Set(Object.values(doc.triggers).flatMap(({ deployments }) => deployments));
  return [
    ...of("triggers", found.rulesNeverMet, "no stored signal has ever met its condition"),
    ...of(
      "triggers",
      found.rulesNeverTold,
      "could never be evaluated: a field that its condition needs was missing each time",
    ),
    ...of("sources", found.sourcesNeverHeard, "never received data"),
    ...of(
      "deployments",
      found.deploymentsWithoutTrigger.filter((id) => watched.has(id)),
      "no trigger of the policy in force names it",
    ),
  ];
}
