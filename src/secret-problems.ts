import { shortestToken } from "./config/environment.ts";
import type { Config } from "./config.ts";
import type { Source } from "./core/policy/model.ts";
import { secretsOf } from "./core/policy/source-auth.ts";

const shortestWebhookKey = 24;

/**
 * A problem for each secret of the policy's sources that is missing or too short; none = all may be
 * used.
 */
export function sourceSecretProblems(
  sources: Iterable<Pick<Source, "id" | "auth">>,
  secretFor: Config["secretFor"],
): readonly string[] {
  return secretProblems(
    [...sources].flatMap(({ id, auth }) =>
      secretsOf(auth).map((secret) => ({ ...secret, of: `the secret of source ${id}` })),
    ),
    secretFor,
  );
}

/** A secret that somebody the policy names needs. */
export interface NeededSecret {
  /** Whose it is, in words. */
  readonly of: string;
  readonly reference: string;
  /** `base64`: a Standard Webhooks key. */
  readonly is: "text" | "base64";
}

/** A problem for each secret that is missing or too short, naming the variable. */
export function secretProblems(
  needed: readonly NeededSecret[],
  secretFor: Config["secretFor"],
): readonly string[] {
  return needed.flatMap(({ of, reference, is }) => {
    const name = reference.replace(/^env:/, "");
    const found = secretFor(reference);
    if (!found) return [`${name} is missing or empty: ${of}.`];
    const bytes = bytesOf[is](found.reveal());
    const shortest = is === "base64" ? shortestWebhookKey : shortestToken;
    if (bytes >= shortest) return [];
    const short = bytes === 0 ? "is not base64" : `has ${bytes} bytes, ${shortest} are needed`;
    return [`${name} ${short}: ${of}.`];
  });
}

const bytesOf = {
  text: (text: string): number => Buffer.byteLength(text),
  /** Standard Webhooks secrets are base64; what counts is the key inside. */
  base64: (text: string): number => {
    const encoded = text.startsWith("whsec_") ? text.slice(6) : text;
    return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, "base64").length : 0;
  },
};
