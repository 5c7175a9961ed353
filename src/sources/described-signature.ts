import type { Instant } from "../core/ids.ts";
import type { Source } from "../core/policy/model.ts";
import { marksBesideId, type Part, tells } from "../core/policy/signed-text.ts";
import { nameOf } from "./fields.ts";
import { type Claim, type Headers, singleHeader, tooFarOff } from "./proof.ts";
import { momentOf } from "./times.ts";

/** A signature as the policy describes it. */
export type Described = Extract<Source["auth"], { readonly hmac: unknown }>["hmac"];

/**
 * What is claimed, and what the delivery is called among its repeats: null where nothing that is
 * signed says so.
 */
type Claimed = Claim & { readonly identity: string | null };

/**
 * Most signatures of one header: a sender signs with the old and the new key while one is changed.
 */
const mostSignatures = 10;

/**
 * HMAC-SHA256 over the raw body, or over a text the policy names. A signature of the body alone
 * says nothing about when: a repeat is told by its meaning. With a time in it, it is good for
 * minutes, and in those the same signature is the same delivery.
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
  const textOf = (some: readonly Part[]): string =>
    some.map((part) => ("text" in part ? part.text : part.of === "id" ? id : timestamp)).join("");
  return {
    ...claim,
    before: textOf(parts.slice(0, at)),
    after: textOf(parts.slice(at + 1)),
    identity: identityOf(parts, id, signatures),
  };
}

/**
 * An id that has the mark which parts it from what is beside it could be another id of another
 * text.
 */
const isNamed = (id: string, parts: readonly Part[]): boolean =>
  id !== "" && !marksBesideId(parts).some((mark) => id.includes(mark));

/** Seconds, milliseconds or RFC 3339, as it stands in the text that is signed. */
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

function identityOf(parts: readonly Part[], id: string, sent: readonly string[]): string | null {
  if (tells(parts, "id")) return nameOf(`hm:${id}`);
  return tells(parts, "timestamp") ? nameOf(`hm:${[...sent].sort().join(" ")}`) : null;
}
