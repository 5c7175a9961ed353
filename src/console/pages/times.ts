import { html } from "hono/html";
import { clockText, clockWithZone } from "../../core/clock-text.ts";
import type { Instant } from "../../core/ids.ts";
import type { Html } from "./html-text.ts";

/** An instant in a time zone, as an element with the exact value. */
export function when(at: Instant, timezone: string, now: Instant): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${clockText(at, timezone, now)}</time>`;
}

/** The same for a deadline: with its zone. */
export function whenDue(at: Instant, timezone: string, now: Instant): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${clockWithZone(at, timezone, now)}</time>`;
}

/** `2026-11-23 03:19:02 UTC` for records. */
export function utc(at: Instant): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}
