import { html } from "hono/html";
import type { FormField, Reply } from "../../app/ports.ts";
import { type Html, lineHtml, pageText } from "../pages/html-text.ts";
import { idOf } from "../viewer.ts";
import { buttonRows, carried, lineField, maySpeak, type PageContext } from "./press.ts";
import type { ShownAnswer } from "./shown-answers.ts";

/** The answer after a press, at the top of the page that the person returns to. */
export function answerHtml(
  id: string,
  shown: ShownAnswer | undefined,
  pageContext: PageContext,
): Html {
  if (!shown) {
    return answerBox(
      "unknown",
      html`<p class="told">That answer is no longer available. The current state is below; decisions are in the <a href="/history">history</a>.</p>`,
    );
  }
  const { answer, line } = shown;
  const lines = answer.lines.map(
    (line) => html`<li>${lineHtml(line, idOf(pageContext.viewer))}</li>`,
  );
  return answerBox(
    answer.ok ? "done" : "refused",
    html`
  <p class="said"><span class="unseen">Your command: </span>${pageText(line)}</p>
  <p class="told">${pageText(answer.text)}</p>
  ${lines.length > 0 && html`<ul class="lines">${lines}</ul>`}
  ${answer.file !== null && html`<p><a class="button plain" href="/answers/${id}/file" download><span>Save ${pageText(answer.file.name)}</span></a></p>`}
  ${maySpeak(pageContext) && nextSteps(answer, pageContext)}`,
  );
}

const answerBox = (is: string, content: Html): Html => html`
<section id="answer" class="answer ${is}" tabindex="-1" role="status" aria-label="Answer">${content}</section>`;

function nextSteps({ choices, next, form }: Reply, pageContext: PageContext): Html {
  const formContext = { prefix: "answer", version: null, escalation: null };
  return html`
  <div class="buttons">
    ${choices.length > 0 && buttonRows([choices], { pageContext, formContext, last: null })}
    ${next !== null && sayForm(pageContext, next, "Show more")}
  </div>
  ${form && formHtml(form, pageContext)}`;
}

/** A button that runs one line. */
export function sayForm(pageContext: PageContext, line: string, label: string): Html {
  return html`
<form method="post" action="/say" class="press">
  ${carried(pageContext, null)}${lineField(line)}
  <button class="button plain"><span>${label}</span></button>
</form>`;
}

/** The form for the fields that a command lacks. */
const formHtml = (
  { command, fields }: NonNullable<Reply["form"]>,
  pageContext: PageContext,
): Html => html`
<form method="post" action="/say" class="ask">
  ${carried(pageContext, null)}${lineField(command)}
  ${fields.map(
    (field, at) => html`
  <p><label for="ask-${at}">${pageText(field.label)}${field.required && " (required)"}</label>${fieldHtml(field, `ask-${at}`)}</p>`,
  )}
  <button class="button primary"><span>${pageText(capitalised(command))}</span></button>
</form>`;

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** An empty first option, since otherwise a browser preselects one. */
const needsChoice = ({ value, options }: FormField): boolean =>
  options.every((option) => option.value !== value);

function fieldHtml(field: FormField, id: string): Html {
  const required = field.required && html`required`;
  const name = `field.${field.name}`;
  switch (field.kind) {
    case "choice":
      return html`<select id="${id}" name="${name}" ${required}>${needsChoice(field) && html`<option value="">Choose…</option>`}${field.options.map(
        ({ value, label }) =>
          html`<option value="${value}" ${value === field.value && html`selected`}>${pageText(label)}</option>`,
      )}</select>`;
    case "date":
      return html`<input id="${id}" type="date" name="${name}" value="${field.value}" autocomplete="off" ${required}>`;
    case "text":
      return html`<input id="${id}" name="${name}" value="${field.value}" maxlength="2000" autocomplete="off" ${required}>`;
  }
}
