import { readFileSync } from "node:fs";
import { adopt } from "../app/commands/adopt-policy.ts";
import type { AdoptParts } from "../app/commands/prepare-policy.ts";
import { recordIdentities } from "../app/commands/record-identities.ts";
import { type Config, Secret } from "../config.ts";
import type { Policy } from "../core/policy/model.ts";
import { makeUpDemoSecrets } from "../demo-secrets.ts";
import { problemLine, readPolicyText } from "../policy-file.ts";
import { secretProblems, sourceSecretProblems } from "../secret-problems.ts";
import { secretsNeeded } from "./notify-parts.ts";

/** A refused start; its lines are for the operator. */
export class StartRefused extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "Refused";
    this.problems = problems;
  }
}

/**
 * Adopts the policy file when the log is empty, or at each start if so configured; otherwise the
 * adopted policy stays in force.
 */
export async function adoptFirst(parts: AdoptParts, config: Config): Promise<void> {
  const { org } = await parts.journal.look([]);
  if (org.policy !== "" && !config.adoptAtStart) return recordIdentities(parts);
  const yaml = textOf(config.policyFile);
  const read = readPolicyText(config.policyFile, yaml);
  if (!read.ok) throw new StartRefused(read.problems.map(problemLine));
  const done = await adopt(parts, {
    doc: read.doc,
    yaml,
    current: null,
    actor: { type: "operator" },
    surface: "start",
    said: null,
  });
  if (done.is === "invalid") throw new StartRefused(done.problems);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartRefused([`HOLDPOINT_POLICY: ${path} cannot be read (${why}).`]);
  }
}

/**
 * Reads the secrets from the environment. In demo mode missing ones are generated, except a pager's
 * key, which only PagerDuty can issue. Otherwise each missing or short one stops the start.
 */
export function policySecrets(
  config: Config,
  policy: Pick<Policy, "sources" | "notify" | "wake" | "audit">,
): Config["secretFor"] {
  const sources = [...policy.sources.values()];
  const signers = [...policy.notify.values(), ...policy.audit.values()].map((signer) => ({
    auth: { standardWebhooks: "secrets" in signer ? signer.secrets : [] },
  }));
  const isSet = (reference: string) => config.secretFor(reference) !== undefined;
  const madeUp = config.demo.allowed
    ? makeUpDemoSecrets(config.dataDirectory, [...sources, ...signers], isSet)
    : new Map<string, string>();
  const secretFor: Config["secretFor"] = (reference) => {
    const made = madeUp.get(reference);
    return config.secretFor(reference) ?? (made === undefined ? undefined : new Secret(made));
  };
  const outward = secretProblems(secretsNeeded(policy, config.demo.allowed), secretFor);
  const problems = [...sourceSecretProblems(sources, secretFor), ...outward];
  if (problems.length > 0) throw new StartRefused(problems);
  return secretFor;
}
