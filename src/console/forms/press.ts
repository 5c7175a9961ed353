import { html } from "hono/html";
import type { Button, Form } from "../../core/card/card.ts";
import type { EscalationId, Instant } from "../../core/ids.ts";
import { type Html, lineHtml, nothing, visible } from "../pages/html-text.ts";
import { idOf, type Viewer } from "../viewer.ts";

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
export interface ButtonContext {
  /** Unique on the page and the same each time it is drawn. */
  readonly prefix: string;
  readonly version: number | null;
  readonly escalation: EscalationId | null;
}

/** More than this in one row are drawn smaller, so that they stay one row on a phone. */
const mostSideBySide = 2;

/** Whether the viewer can say anything at all. */
export function maySpeak(seat: Seat): boolean {
  return seat.viewer.is !== "reader";
}

/** A hidden field. `autocomplete` keeps browsers from bringing back an earlier page's nonce. */
export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}" autocomplete="off">`;
}

/** The command a form stands for. */
export function lineField(line: string): Html {
  return hidden("line", line);
}

/** The fields every form carries. */
export function carried(seat: Seat, buttonContext: ButtonContext | null): Html {
  return html`
  ${hidden("nonce", seat.nonce())}${hidden("from", seat.from)}
  ${buttonContext?.version != null && hidden("version", buttonContext.version)}
  ${buttonContext?.escalation != null && hidden("escalation", buttonContext.escalation)}`;
}

/** Rows of buttons; `last` closes the last row. A reader sees no buttons that would only refuse. */
export function buttonRows(
  rows: readonly (readonly Button[])[],
  {
    seat,
    buttonContext,
    last,
  }: { readonly seat: Seat; readonly buttonContext: ButtonContext; readonly last: Html | null },
): Html {
  const shown = maySpeak(seat) ? rows.filter((row) => row.length > 0) : [];
  const all = shown.length === 0 ? [[]] : shown;
  if (shown.length === 0 && last === null) return nothing;
  return html`${all.map((row, at) => {
    const end = at === all.length - 1 ? last : null;
    const crowded = row.length + (end === null ? 0 : 1) > mostSideBySide;
    return html`
  <div class="${crowded ? "row crowded" : "row"}" data-key="row-${at}">
    ${row.map((button) => pressable(button, seat, buttonContext))}${end}
  </div>`;
  })}`;
}

function pressable(button: Button, seat: Seat, below: ButtonContext): Html {
  const buttonContext = { ...below, version: button.version ?? below.version };
  const id = `${buttonContext.prefix}-${button.command.replace(/[^a-zA-Z0-9]+/g, "-")}`;
  if (button.form !== null)
    return opener(button, { form: button.form, id, seat, buttonContext: buttonContext });
  return html`
    <form method="post" action="/say" class="press" id="do-${id}">
      ${carried(seat, buttonContext)}${lineField(button.command)}
      <button class="button ${button.style}"><span>${visible(button.label)}</span></button>
    </form>`;
}

/**
 * A button and the small form it opens: a popover, so that it works without a script and moves
 * nothing on the card. A dialog gives the focus to what comes first in it, so that is the way back:
 * no keyboard covers a phone, and Enter twice does nothing.
 */
const opener = (
  button: Button,
  {
    form,
    id,
    seat,
    buttonContext,
  }: {
    readonly form: Form;
    readonly id: string;
    readonly seat: Seat;
    readonly buttonContext: ButtonContext;
  },
): Html => html`
  <button type="button" class="button ${button.style}" id="open-${id}" popovertarget="sheet-${id}"
    aria-haspopup="dialog"><span>${visible(button.label)}</span></button>
  <dialog class="sheet" id="sheet-${id}" popover aria-labelledby="title-${id}">
    <div class="sheet-top">
      <button type="button" class="button plain" popovertarget="sheet-${id}"
        popovertargetaction="hide"><span>Back</span></button>
      <p class="sheet-title" id="title-${id}" role="heading" aria-level="4">${visible(form.title)}</p>
    </div>
    <form method="post" action="/say">
      ${carried(seat, buttonContext)}${lineField(button.command)}
      ${toldHtml(form, seat)}
      <label for="why-${id}">${form.reasonRequired ? "Why (needed, goes on the record)" : "Why (goes on the record)"}</label>
      <textarea id="why-${id}" name="reason" rows="3" maxlength="2000" autocomplete="off"
        ${form.reasonRequired && html`required`}>${visible(form.reason)}</textarea>
      <button class="button ${button.style === "danger" ? "danger" : "primary"} deed"><span>${visible(form.submit)}</span></button>
    </form>
  </dialog>`;

/** What is to be read before the reason is written. */
const toldHtml = ({ told = [] }: Form, seat: Seat): Html =>
  told.length === 0
    ? nothing
    : html`<ul class="lines told-before">${told.map((line) => html`<li>${lineHtml(line, idOf(seat.viewer))}</li>`)}</ul>`;
