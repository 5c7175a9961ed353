import { html } from "hono/html";
import type { Reply } from "../../app/ports.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";

/** Questions that an auditor begins with. */
const examples: readonly string[] = [
  "decisions denied by dana",
  "decisions by-policy since 2026-10-01",
  "decisions weaker csv",
  "status at 2026-11-23 10:00",
  "who assistant-prod at 2026-11-23 03:17",
  "record HP-1",
  "policy at 2026-11-23",
  "figures",
  "audit sample 10 --seed 2026-Q4",
];

/** The address of the answer to a line. */
export function askAddress(line: string): string {
  return `/ask?${new URLSearchParams({ line })}`;
}

/** A question and its answer as a page with an address of its own. */
export function askHtml(line: string, answer: Reply | null, pageContext: PageContext): Html {
  return html`
<div class="prose asked">
  <h1>${line === "" ? "Ask the record" : pageText(line)}</h1>
  <form class="ask-line" method="get" action="/ask" role="search" aria-label="Ask the record">
    <label class="unseen" for="question">Question</label>
    <input id="question" name="line" value="${line}" maxlength="1000" autocomplete="off" spellcheck="false" required>
    <button class="button primary"><span>Ask</span></button>
  </form>
  ${answer && answerOfHtml(line, answer, pageContext)}
  ${!answer && html`<ul>${examples.map((example) => html`<li><a href="${askAddress(example)}">${example}</a></li>`)}</ul>`}
</div>`;
}

function answerOfHtml(line: string, answer: Reply, pageContext: PageContext): Html {
  const me = idOf(pageContext.viewer);
  const { file, next } = answer;
  return html`
  <section class="answer ${answer.ok ? "done" : "refused"}" aria-label="Answer">
    <p class="told">${pageText(answer.text)}</p>
    ${answer.lines.length > 0 && html`<ul class="lines">${answer.lines.map((told) => html`<li>${lineHtml(told, me)}</li>`)}</ul>`}
    ${next !== null && html`<p><a class="button plain" href="${askAddress(next)}"><span>Older</span></a></p>`}
    ${file !== null && html`<p><a class="button plain" href="/ask/file?${new URLSearchParams({ line })}" download><span>Save ${pageText(file.name)}</span></a></p>`}
  </section>
  ${file !== null && html`<pre tabindex="0" aria-label="${file.name}">${fileText(file.text)}</pre>`}`;
}

/** As much of a file as a page shows. */
const longestShown = 20_000;

const fileText = (text: string): string =>
  text.slice(0, longestShown).split("\n").map(pageText).join("\n") +
  (text.length > longestShown ? "\n… the rest is in the file." : "");
