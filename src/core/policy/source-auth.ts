import type { Source } from "./model.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";
import { signedPartsOf } from "./signed-text.ts";
import { millis } from "./spans.ts";

type Auth = Source["auth"];

/** Source types whose sender signs the raw body in a way of its own. */
export const signedTypes: readonly string[] = ["grafana", "langfuse", "pagerduty", "promptfoo"];

/**
 * How a source's sender proves who it is: one name or a list of them becomes a list, a header's
 * name lower case.
 */
export function authOf({ type, auth }: PolicyDoc["sources"][string]): Auth {
  if ("standardWebhooks" in auth) return { standardWebhooks: [auth.standardWebhooks].flat() };
  if ("signature" in auth) return { signature: { of: type, secrets: [auth.signature].flat() } };
  if ("header" in auth) {
    const { name, value } = auth.header;
    return { header: { name: name.toLowerCase(), secrets: [value].flat() } };
  }
  if ("basic" in auth) {
    const { username, password } = auth.basic;
    return { basic: { username, secrets: [password].flat() } };
  }
  if ("hmac" in auth) {
    const { secret, header, prefix = "", encoding } = auth.hmac;
    const name = header.toLowerCase();
    return { hmac: { name, prefix, encoding, secrets: [secret].flat(), ...signedOf(auth.hmac) } };
  }
  return auth;
}

type HmacDoc = Extract<PolicyDoc["sources"][string]["auth"], { hmac: unknown }>["hmac"];

const usualTolerance = "5m";

const signedOf = ({ signed, id = "", timestamp = "", tolerance }: HmacDoc) =>
  signed === undefined
    ? {}
    : {
        signed: {
          parts: signedPartsOf(signed),
          id: id.toLowerCase(),
          timestamp: timestamp.toLowerCase(),
          tolerance: millis(tolerance ?? usualTolerance),
        },
      };

/**
 * The secrets it rests on, by reference; `base64` ones are Standard Webhooks keys, all others are
 * used as they are.
 */
export function secretsOf(
  auth: Auth,
): readonly { readonly reference: string; readonly is: "text" | "base64" }[] {
  const text = (references: readonly string[]) =>
    references.map((reference) => ({ reference, is: "text" as const }));
  if ("bearer" in auth) return text([auth.bearer]);
  if ("signature" in auth) return text(auth.signature.secrets);
  if ("header" in auth) return text(auth.header.secrets);
  if ("basic" in auth) return text(auth.basic.secrets);
  if ("hmac" in auth) return text(auth.hmac.secrets);
  return auth.standardWebhooks.map((reference) => ({ reference, is: "base64" as const }));
}
