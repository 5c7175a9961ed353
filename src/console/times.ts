import { html } from "hono/html";
import type { Instant } from "../core/ids.ts";
import type { Html } from "./visible.ts";

/** An instant as people say it in a zone: `today 17:00`, `Mon 30 Nov 10:00`, with the year where it is another. */
export const whenText = (at: Instant, timezone: string, now: Instant): string => {
  const time = inZone(at, timezone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = inZone(at, timezone, { year: "numeric", month: "2-digit", day: "2-digit" });
  const today = inZone(now, timezone, { year: "numeric", month: "2-digit", day: "2-digit" });
  if (day === today) return `today ${time}`;
  const sameYear = day.slice(-4) === today.slice(-4);
  const date = inZone(at, timezone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
  return `${date.replace(",", "")} ${time}`;
};

const inZone = (at: Instant, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(at);

/** The same, as an element that carries the exact instant. */
export const when = (at: Instant, timezone: string, now: Instant): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${whenText(at, timezone, now)}</time>`;

/** `2026-11-23 03:19:02 UTC` for records. */
export const utc = (at: Instant): Html => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
};
