import { html } from "hono/html";
import type { Button, Form } from "../core/card.ts";
import type { EscalationId, Instant } from "../core/ids.ts";
import type { Viewer } from "./viewer.ts";
import { type Html, nothing, visible } from "./visible.ts";

/** Who looks, when, and where an answer to them belongs. */
export interface Seat {
  readonly viewer: Viewer;
  readonly now: Instant;
  /** The page a press returns to. */
  readonly from: string;
  /** A new nonce, bound to the viewer. */
  readonly nonce: () => string;
}

/** What a button stands on: told along with its command. */
export interface Ground {
  /** Unique on the page and the same each time it is drawn. */
  readonly prefix: string;
  readonly version: number | null;
  readonly escalation: EscalationId | null;
}

/** Whether the viewer can say anything at all. */
export const maySpeak = (seat: Seat): boolean => seat.viewer.is !== "reader";

/** The fields every form carries. `autocomplete` keeps browsers from bringing back an earlier page's nonce. */
export const carried = (seat: Seat, ground: Ground | null): Html =>
  html`<input type="hidden" name="nonce" value="${seat.nonce()}" autocomplete="off"><input type="hidden" name="from" value="${seat.from}" autocomplete="off">${
    ground?.version != null &&
    html`<input type="hidden" name="version" value="${ground.version}" autocomplete="off">`
  }${
    ground?.escalation != null &&
    html`<input type="hidden" name="escalation" value="${ground.escalation}" autocomplete="off">`
  }`;

/** Rows of buttons; `last` closes the last row. A reader sees no buttons that would only refuse. */
export const buttonRows = (
  rows: readonly (readonly Button[])[],
  seat: Seat,
  ground: Ground,
  last: Html | null,
): Html => {
  const shown = maySpeak(seat) ? rows.filter((row) => row.length > 0) : [];
  const all = shown.length === 0 ? [[]] : shown;
  if (shown.length === 0 && last === null) return nothing;
  return html`${all.map(
    (row, at) =>
      html`<div class="${crowded(row.length, at === all.length - 1 && last !== null) ? "row crowded" : "row"}" data-key="row-${at}">${row.map((button) => pressable(button, seat, ground))}${
        at === all.length - 1 && last
      }</div>`,
  )}`;
};

/** Three in a row are smaller, so that they stay one row on a phone. */
const crowded = (buttons: number, closed: boolean): boolean => buttons + (closed ? 1 : 0) > 2;

const pressable = (button: Button, seat: Seat, ground: Ground): Html => {
  const id = `${ground.prefix}-${button.command.replace(/[^a-zA-Z0-9]+/g, "-")}`;
  if (button.form !== null) return opener(button, button.form, id, seat, ground);
  return html`<form method="post" action="/say" class="press" id="do-${id}">${carried(seat, ground)}<input type="hidden" name="line" value="${button.command}" autocomplete="off"><button class="button ${button.style}"><span>${visible(button.label)}</span></button></form>`;
};

/** A button and the small form it opens: a popover, so that it works without a script and moves nothing on the card. */
const opener = (button: Button, form: Form, id: string, seat: Seat, ground: Ground): Html =>
  html`<button type="button" class="button ${button.style}" id="open-${id}" popovertarget="sheet-${id}" aria-haspopup="dialog"><span>${visible(button.label)}</span></button><div class="sheet" id="sheet-${id}" popover role="dialog" aria-labelledby="title-${id}" tabindex="-1" autofocus><form method="post" action="/say">${carried(seat, ground)}<input type="hidden" name="line" value="${button.command}" autocomplete="off"><p class="sheet-title" id="title-${id}" role="heading" aria-level="4">${visible(form.title)}</p><label for="why-${id}">${form.reasonRequired ? "Why (needed, goes on the record)" : "Why (goes on the record)"}</label><textarea id="why-${id}" name="reason" rows="3" maxlength="2000" autocomplete="off" ${form.reasonRequired ? html`required` : nothing}>${visible(form.reason)}</textarea><div class="row"><button type="button" class="button plain" popovertarget="sheet-${id}" popovertargetaction="hide"><span>Back</span></button><button class="button ${button.style === "danger" ? "danger" : "primary"} deed"><span>${visible(form.submit)}</span></button></div></form></div>`;
