import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { marksBesideId, type SignedPart, tells } from "../core/policy/signed-text.ts";
import { nameOf } from "./fields.ts";
import { type Claim, type Headers, singleHeader, tooFarOff } from "./proof.ts";
import { momentOf } from "./times.ts";

/** A signature whose form the policy describes (`auth.hmac`). */
export type Described = Extract<Source["auth"], { readonly hmac: unknown }>["hmac"];

/** The claim, and the identity of the delivery; null if nothing that is signed identifies it. */
type Claimed = Claim & { readonly identity: string | null };

/** Signatures read from one header at most. During a rotation, senders sign with both keys. */
const mostSignatures = 10;

/**
 * Reads the claim of an HMAC-SHA256 over the raw body, or over the text that the policy describes.
 * If only the body is signed, a delivery has no identity. If a timestamp is signed, the signature
 * is valid for the tolerance, and the same signature within it is the same delivery.
 */
export function claimOf(
  { name, prefix, encoding, signed }: Described,
  headers: Headers,
  now: Instant,
): Claimed | { readonly because: string } {
  const sent = singleHeader(headers, name).split(" ").slice(0, mostSignatures);
  const signatures = sent
    .filter((part) => part !== "" && part.startsWith(prefix))
    .map((part) => part.slice(prefix.length))
    .map((part) => (encoding === "hex" ? part.toLowerCase() : part));
  if (signatures.length === 0) return { because: `${name} does not begin with ${prefix}` };
  const claim = { sent: signatures, encoding };
  if (!signed) return { ...claim, before: "", identity: null };

  const { parts, tolerance } = signed;
  const id = singleHeader(headers, signed.id);
  const timestamp = singleHeader(headers, signed.timestamp);
  if (tells(parts, "id") && !isNamed(id, parts)) return { because: `${signed.id} names nothing` };
  const late = tells(parts, "timestamp")
    ? latenessOf(signed.timestamp, { text: timestamp, now, tolerance })
    : null;
  if (late !== null) return { because: late };
  const at = parts.findIndex((part) => "of" in part && part.of === "body");
  const textOf = (some: readonly SignedPart[]): string =>
    some.map((part) => ("text" in part ? part.text : part.of === "id" ? id : timestamp)).join("");
  return {
    ...claim,
    before: textOf(parts.slice(0, at)),
    after: textOf(parts.slice(at + 1)),
    identity: identityOf(parts, id, signatures),
  };
}

/**
 * Whether the id is present and unambiguous: if it contained the character that separates it from
 * its neighbour, the same signed text could be split into another id.
 */
const isNamed = (id: string, parts: readonly SignedPart[]): boolean =>
  id !== "" && !marksBesideId(parts).some((mark) => id.includes(mark));

/** Why the signed time (seconds, milliseconds or RFC 3339) is not accepted; null if it is. */
function latenessOf(
  name: string,
  {
    text,
    now,
    tolerance,
  }: { readonly text: string; readonly now: Instant; readonly tolerance: number },
): string | null {
  const isNumber = /^\d{9,14}$/.test(text);
  const { time, said } =
    isNumber || /^\d{4}-\d\d-\d\dT/.test(text) ? momentOf(text) : { time: "", said: "" };
  if (time === "" || said !== "") return `${name} is no time that can be read`;
  return tooFarOff(name, {
    seconds: Math.floor(Date.parse(time) / 1000),
    now,
    tolerance: Math.floor(tolerance / 1000),
  });
}

function identityOf(
  parts: readonly SignedPart[],
  id: string,
  sent: readonly string[],
): string | null {
  if (tells(parts, "id")) return nameOf(`hm:${id}`);
  return tells(parts, "timestamp") ? nameOf(`hm:${[...sent].sort().join(" ")}`) : null;
}
