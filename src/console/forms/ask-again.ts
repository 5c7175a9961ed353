import type { FastifyReply } from "fastify";
import { html } from "hono/html";
import { answers as words } from "../../core/words/answers.ts";
import { type Html, pageText } from "../pages/html-text.ts";
import { sendNotice, type ViewerContext } from "../viewer-context.ts";
import { lineOf } from "./form-line.ts";
import { hidden } from "./press.ts";

/** The fields that a form carries besides the person's text. */
const carriedFields = ["nonce", "from", "version", "channel", "escalation"] as const;
/**
 * Marks a form whose first press may still be recorded: a later answer must not say that it was
 * not.
 */
const mayBe = "may-be-recorded";

/**
 * The page for a press that may or may not be recorded: the answer, and the same form again. It has
 * the same nonce and text, so that repeated presses count as one. The page does not ask the
 * database.
 */
export function askAgain(
  context: ViewerContext,
  {
    reply,
    form,
    told,
  }: { readonly reply: FastifyReply; readonly form: URLSearchParams; readonly told: string },
): FastifyReply {
  const perhaps = form.has(mayBe) || told.startsWith(words.notConfirmed);
  const text = perhaps ? told.replace(words.notRecorded, words.notConfirmed) : told;
  const title = titleOf(text);
  return sendNotice(context, { reply, status: 503, title, main: againHtml(form, text, perhaps) });
}

function titleOf(told: string): string {
  if (told.startsWith(words.notAnswered)) return "Not answered";
  return told.startsWith(words.notConfirmed) ? "Not confirmed yet" : "Not recorded";
}

const againHtml = (form: URLSearchParams, told: string, perhaps: boolean): Html => html`
<p class="told" role="alert">${pageText(told)}</p>
<p>Your command:</p>
<p class="said">${pageText(lineOf(form))}</p>
<form method="post" action="/say" class="press">
  ${carriedFields.map((field) => form.has(field) && hidden(field, form.get(field) ?? ""))}
  ${perhaps && hidden(mayBe, "yes")}${hidden("line", lineOf(form))}
  <button class="button primary"><span>Run it again</span></button>
</form>`;
