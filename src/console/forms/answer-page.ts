import { html } from "hono/html";
import type { FormField, Reply } from "../../app/ports.ts";
import { type Html, lineHtml, visible } from "../pages/html-text.ts";
import { idOf } from "../viewer.ts";
import { buttonRows, carried, lineField, maySpeak, type Seat } from "./press.ts";
import type { ShownAnswer } from "./shown-answers.ts";

/** What the person is told after a press, at the top of the page they come back to. */
export function answerHtml(id: string, shown: ShownAnswer | undefined, seat: Seat): Html {
  if (!shown) {
    return answerBox(
      "unknown",
      html`<p class="told">That answer is no longer available. The current state is below; decisions are in the <a href="/history">history</a>.</p>`,
    );
  }
  const { answer, line } = shown;
  const lines = answer.lines.map((line) => html`<li>${lineHtml(line, idOf(seat.viewer))}</li>`);
  return answerBox(
    answer.ok ? "done" : "refused",
    html`
  <p class="said"><span class="unseen">Your command: </span>${visible(line)}</p>
  <p class="told">${visible(answer.text)}</p>
  ${lines.length > 0 && html`<ul class="lines">${lines}</ul>`}
  ${answer.file !== null && html`<p><a class="button plain" href="/answers/${id}/file" download><span>Save ${visible(answer.file.name)}</span></a></p>`}
  ${maySpeak(seat) && nextSteps(answer, seat)}`,
  );
}

const answerBox = (is: string, content: Html): Html => html`
<section id="answer" class="answer ${is}" tabindex="-1" role="status" aria-label="Answer">${content}</section>`;

function nextSteps({ choices, next, form }: Reply, seat: Seat): Html {
  const buttonContext = { prefix: "answer", version: null, escalation: null };
  return html`
  <div class="buttons">
    ${choices.length > 0 && buttonRows([choices], { seat, buttonContext: buttonContext, last: null })}
    ${next !== null && sayForm(seat, next, "Show more")}
  </div>
  ${form && formHtml(form, seat)}`;
}

/** One button that says one line. */
export function sayForm(seat: Seat, line: string, label: string): Html {
  return html`
<form method="post" action="/say" class="press">
  ${carried(seat, null)}${lineField(line)}
  <button class="button plain"><span>${label}</span></button>
</form>`;
}

/** What a command still lacks. */
const formHtml = ({ command, fields }: NonNullable<Reply["form"]>, seat: Seat): Html => html`
<form method="post" action="/say" class="ask">
  ${carried(seat, null)}${lineField(command)}
  ${fields.map(
    (field, at) => html`
  <p><label for="ask-${at}">${visible(field.label)}${field.required && " (required)"}</label>${fieldHtml(field, `ask-${at}`)}</p>`,
  )}
  <button class="button primary"><span>${visible(capitalised(command))}</span></button>
</form>`;

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Nothing is chosen for anybody: a browser takes the first option where none is. */
const needsChoice = ({ value, options }: FormField): boolean =>
  options.every((option) => option.value !== value);

function fieldHtml(field: FormField, id: string): Html {
  const required = field.required && html`required`;
  const name = `field.${field.name}`;
  switch (field.kind) {
    case "choice":
      return html`<select id="${id}" name="${name}" ${required}>${needsChoice(field) && html`<option value="">Choose…</option>`}${field.options.map(
        ({ value, label }) =>
          html`<option value="${value}" ${value === field.value && html`selected`}>${visible(label)}</option>`,
      )}</select>`;
    case "date":
      return html`<input id="${id}" type="date" name="${name}" value="${field.value}" autocomplete="off" ${required}>`;
    case "text":
      return html`<input id="${id}" name="${name}" value="${field.value}" maxlength="2000" autocomplete="off" ${required}>`;
  }
}
