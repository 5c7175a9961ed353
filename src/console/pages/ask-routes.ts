import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import type { Reply } from "../../app/ports.ts";
import { isUnanswered } from "../../core/card/not-recorded.ts";
import { askerOf, type Viewer } from "../viewer.ts";
import {
  forViewers,
  pageContextFor,
  queryOf,
  sendFile,
  sendHtml,
  sendPage,
  type ViewerContext,
  viewsFor,
} from "../viewer-context.ts";
import { askHtml, exampleQuestions } from "./ask.ts";

/** GET /ask?line=…: a question as in a chat; nothing can be done by it. */
export function addAsk(app: FastifyInstance, context: ViewerContext): void {
  app.get(
    "/ask",
    forViewers(context, async (request, reply, viewer) => {
      const line = (queryOf(request).get("line") ?? "").trim().slice(0, 1_000);
      const pageContext = pageContextFor(context, viewer, "/ask");
      const answer = line === "" ? null : await answerTo(context, viewer, line);
      const views = await viewsFor(context, viewer);
      const examples = answer ? [] : await exampleQuestions(views, pageContext.now);
      const page = { title: "Ask", main: askHtml(line, { answer, examples }, pageContext) };
      const status = answer === null ? 200 : statusOf(answer);
      return sendPage(context, { reply: reply.status(status), pageContext, page });
    }),
  );
  app.get(
    "/ask/file",
    forViewers(context, async (request, reply, viewer) => {
      const answer = await answerTo(context, viewer, queryOf(request).get("line") ?? "");
      const { file } = answer;
      if (!answer.ok) return sendHtml(reply.status(statusOf(answer)), html`<p>${answer.text}</p>`);
      if (!file) return sendHtml(reply.status(404), html`<p>That answer has no file.</p>`);
      return sendFile(reply, file);
    }),
  );
}

function statusOf(answer: Reply): 200 | 400 | 503 {
  if (answer.ok) return 200;
  return isUnanswered(answer) ? 503 : 400;
}

async function answerTo(context: ViewerContext, viewer: Viewer, line: string): Promise<Reply> {
  const { inbound, random } = context.deps;
  const answer = await inbound.run({
    speaker: askerOf(viewer),
    surface: "console",
    line,
    key: random.id("ask_"),
    version: null,
    channel: null,
    escalation: null,
    private: true,
    asksOnly: true,
  });
  const { form } = answer;
  return form
    ? { ...answer, ok: false, text: `${answer.text} Say it in the line.`, form: null }
    : answer;
}
