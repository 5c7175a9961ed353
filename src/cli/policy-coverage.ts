import { z } from "zod";
import type { Finding } from "../core/policy/findings.ts";
import type { PolicyDoc } from "../core/policy/schema.ts";
import { type Asked, ask, type ServerAddress } from "./operator-client.ts";

const names = z.array(z.string());
const body = z.object({
  digest: z.string(),
  rulesNeverMet: names,
  rulesNeverTold: names,
  sourcesNeverHeard: names,
  deploymentsWithoutTrigger: names,
});

/** What a running server has never met or heard of its policy. */
export type Coverage = z.infer<typeof body>;

/** Asks a running server. */
export const askCoverage = (server: ServerAddress): Promise<Asked<Coverage>> =>
  ask(server, "/v1/policy/coverage", {}, body);

/** The same as warnings about a file, as far as the file names it too. */
export const coverageFindings = (doc: PolicyDoc, found: Coverage): readonly Finding[] => {
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
    ...of("triggers", found.rulesNeverMet, "no stored signal ever met it"),
    ...of(
      "triggers",
      found.rulesNeverTold,
      "it could never be told whether it is met: what it needs was missing each time",
    ),
    ...of("sources", found.sourcesNeverHeard, "was never heard"),
    ...of(
      "deployments",
      found.deploymentsWithoutTrigger.filter((id) => watched.has(id)),
      "no trigger of the policy in force watches it",
    ),
  ];
};
