import { html } from "hono/html";
import type { Button, Form } from "../../core/card/card.ts";
import type { EscalationId, Instant } from "../../core/ids.ts";
import { emptyHtml, type Html, lineHtml, pageText } from "../pages/html-text.ts";
import { idOf, type Viewer } from "../viewer.ts";

/** The viewer of a page, the time, and the page that an answer belongs to. */
export interface PageContext {
  readonly viewer: Viewer;
  readonly now: Instant;
  /** The page a press returns to. */
  readonly from: string;
  /** A new nonce, bound to the viewer. */
  readonly nonce: () => string;
}

/** The context of a button, sent along with its command. */
export interface FormContext {
  /** A unique id on the page, the same each time it is drawn. */
  readonly prefix: string;
  readonly version: number | null;
  readonly escalation: EscalationId | null;
}

/** More buttons than this in one row are drawn smaller, so that they fit one row on a phone. */
const mostSideBySide = 2;

/** Whether the viewer may run commands. */
export function maySpeak(pageContext: PageContext): boolean {
  return pageContext.viewer.is !== "reader";
}

/** A hidden field. `autocomplete` keeps browsers from restoring an earlier page's nonce. */
export function hidden(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}" autocomplete="off">`;
}

/** The command line of a form. */
export function lineField(line: string): Html {
  return hidden("line", line);
}

/** The fields every form carries. */
export function carried(pageContext: PageContext, formContext: FormContext | null): Html {
  return html`
  ${hidden("nonce", pageContext.nonce())}${hidden("from", pageContext.from)}
  ${formContext?.version != null && hidden("version", formContext.version)}
  ${formContext?.escalation != null && hidden("escalation", formContext.escalation)}`;
}

/**
 * Rows of buttons; `last` is the end of the last row. A reader sees no buttons that would only
 * refuse.
 */
export function buttonRows(
  rows: readonly (readonly Button[])[],
  {
    pageContext,
    formContext,
    last,
  }: {
    readonly pageContext: PageContext;
    readonly formContext: FormContext;
    readonly last: Html | null;
  },
): Html {
  const shown = maySpeak(pageContext) ? rows.filter((row) => row.length > 0) : [];
  const all = shown.length === 0 ? [[]] : shown;
  if (shown.length === 0 && last === null) return emptyHtml;
  return html`${all.map((row, at) => {
    const end = at === all.length - 1 ? last : null;
    const crowded = row.length + (end === null ? 0 : 1) > mostSideBySide;
    return html`
  <div class="${crowded ? "row crowded" : "row"}" data-key="row-${at}">
    ${row.map((button) => pressable(button, pageContext, formContext))}${end}
  </div>`;
  })}`;
}

function pressable(button: Button, pageContext: PageContext, below: FormContext): Html {
  const formContext = { ...below, version: button.version ?? below.version };
  const id = `${formContext.prefix}-${button.command.replace(/[^a-zA-Z0-9]+/g, "-")}`;
  if (button.form !== null)
    return opener(button, { form: button.form, id, pageContext, formContext });
  return html`
    <form method="post" action="/say" class="press" id="do-${id}">
      ${carried(pageContext, formContext)}${lineField(button.command)}
      <button class="button ${button.style}"><span>${pageText(button.label)}</span></button>
    </form>`;
}

/**
 * A button and its form in a popover, which works without a script and moves nothing on the card. A
 * dialog focuses its first element, so that is the button to go back: no keyboard covers a phone,
 * and pressing Enter twice does nothing.
 */
const opener = (
  button: Button,
  {
    form,
    id,
    pageContext,
    formContext,
  }: {
    readonly form: Form;
    readonly id: string;
    readonly pageContext: PageContext;
    readonly formContext: FormContext;
  },
): Html => html`
  <button type="button" class="button ${button.style}" id="open-${id}" popovertarget="sheet-${id}"
    aria-haspopup="dialog"><span>${pageText(button.label)}</span></button>
  <dialog class="sheet" id="sheet-${id}" popover aria-labelledby="title-${id}">
    <div class="sheet-top">
      <button type="button" class="button plain" popovertarget="sheet-${id}"
        popovertargetaction="hide"><span>Back</span></button>
      <p class="sheet-title" id="title-${id}" role="heading" aria-level="4">${pageText(form.title)}</p>
    </div>
    <form method="post" action="/say">
      ${carried(pageContext, formContext)}${lineField(button.command)}
      ${toldHtml(form, pageContext)}
      <label for="why-${id}">${form.reasonRequired ? "Why (needed, goes on the record)" : "Why (goes on the record)"}</label>
      <textarea id="why-${id}" name="reason" rows="3" maxlength="2000" autocomplete="off"
        ${form.reasonRequired && html`required`}>${pageText(form.reason)}</textarea>
      <button class="button ${button.style === "danger" ? "danger" : "primary"} deed"><span>${pageText(form.submit)}</span></button>
    </form>
  </dialog>`;

/** What to read before giving the reason. */
const toldHtml = ({ told = [] }: Form, pageContext: PageContext): Html =>
  told.length === 0
    ? emptyHtml
    : html`<ul class="lines told-before">${told.map((line) => html`<li>${lineHtml(line, idOf(pageContext.viewer))}</li>`)}</ul>`;
