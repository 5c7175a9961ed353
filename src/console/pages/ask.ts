import { html } from "hono/html";
import type { Reply, Views } from "../../app/ports.ts";
import type { Instant } from "../../core/ids.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf } from "../viewer.ts";
import { type Html, lineHtml, pageText } from "./html-text.ts";

/** Questions that an auditor begins with, about whom and what there is. */
export async function exampleQuestions(
  views: Pick<Views, "people" | "postures">,
  now: Instant,
): Promise<readonly string[]> {
  const [people, postures] = await Promise.all([views.people(), views.postures(null)]);
  const yesterday = new Date(now - 86_400_000).toISOString().slice(0, 10);
  const ofPeople = people.slice(0, 1).map(({ key }) => `decisions denied by ${key}`);
  const ofDeployments = postures.slice(0, 1).map(({ id }) => `who ${id} at ${yesterday} 03:17`);
  return [
    ...ofPeople,
    `decisions by-policy since ${yesterday}`,
    "decisions weaker csv",
    `status at ${yesterday} 10:00`,
    ...ofDeployments,
    "record HP-1",
    `policy at ${yesterday}`,
    "figures",
    "audit sample 10 --seed audit-1",
  ];
}

/** The address of the answer to a line. */
export function askAddress(line: string): string {
  return `/ask?${new URLSearchParams({ line })}`;
}

/** A question and its answer as a page with an address of its own. */
export function askHtml(
  line: string,
  { answer, examples }: { readonly answer: Reply | null; readonly examples: readonly string[] },
  pageContext: PageContext,
): Html {
  return html`
<div class="prose asked">
  <h1>${line === "" ? "Ask the record" : pageText(line)}</h1>
  <form class="ask-line" method="get" action="/ask" role="search" aria-label="Ask the record">
    <label class="unseen" for="question">Question</label>
    <input id="question" name="line" value="${line}" maxlength="1000" autocomplete="off" spellcheck="false" required>
    <button class="button primary"><span>Ask</span></button>
  </form>
  ${answer && answerOfHtml(line, answer, pageContext)}
  ${
    !answer &&
    html`
  <p>Questions as they are typed in a chat. Each answer has an address of its own, and reading is recorded.</p>
  <ul>${examples.map((example) => html`<li><a href="${askAddress(example)}">${example}</a></li>`)}</ul>`
  }
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
