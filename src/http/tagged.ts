import { createHash } from "node:crypto";

/** Gateways ask often: 304 means that nothing they act on has changed (RFC 9110 §13.1.2). */
export const tagOf = (text: string): string =>
  `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;

/** Whether an If-None-Match header names the tag. */
export const unchanged = (header: string | undefined, tag: string): boolean =>
  (header ?? "").split(",").some((one) => ["*", bare(tag)].includes(bare(one.trim())));

/** Reading compares weakly: what is equivalent is the same. */
const bare = (tag: string): string => tag.replace(/^W\//, "");
