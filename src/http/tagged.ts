import { createHash } from "node:crypto";

/** Gateways ask often: the tag is of the answer itself, so 304 means that nothing they could read has changed (RFC 9110 §13.1.2). */
export const tagOf = (text: string): string =>
  `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;

/** Whether an If-None-Match header names the tag. */
export const unchanged = (header: string | undefined, tag: string): boolean =>
  (header ?? "").split(",").some((one) => ["*", tag].includes(one.trim().replace(/^W\//, "")));
