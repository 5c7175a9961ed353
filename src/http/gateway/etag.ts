import { createHash } from "node:crypto";

/** Gateways poll often: 304 means that nothing they act on has changed (RFC 9110 §13.1.2). */
export function etagOf(text: string): string {
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
}

/** Whether an If-None-Match header names the tag. */
export function unchanged(header: string | undefined, tag: string): boolean {
  return (header ?? "")
    .split(",")
    .some((entityTag) =>
      ["*", withoutWeakPrefix(tag)].includes(withoutWeakPrefix(entityTag.trim())),
    );
}

/** GET compares weakly. */
const withoutWeakPrefix = (tag: string): string => tag.replace(/^W\//, "");
