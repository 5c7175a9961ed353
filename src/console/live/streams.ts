import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import {
  forViewers,
  pageHeaders,
  param,
  sendFile,
  sendHtml,
  type ViewerContext,
} from "../viewer-context.ts";

/** Adds the event stream, and the files that answers contain. */
export function addStreams(app: FastifyInstance, context: ViewerContext): void {
  app.get(
    "/events",
    { exposeHeadRoute: false },
    forViewers(context, async (request, reply) => {
      if (context.live.full()) {
        reply.header("retry-after", "30");
        return reply.status(503).send("Too many pages are connected already.");
      }
      const type = { "content-type": "text/event-stream; charset=utf-8" };
      reply.hijack();
      reply.raw.writeHead(200, { ...pageHeaders, ...type });
      context.live.add({
        response: reply.raw,
        stillIn: async () => "is" in (await context.viewerOf(request)),
      });
      return reply;
    }),
  );

  app.get(
    "/answers/:id/file",
    forViewers(context, async (request, reply, viewer) => {
      const file = context.answers.find(param(request, "id"), viewer.bound)?.answer.file;
      if (!file) {
        const gone = html`<p>This file is no longer available. Run the command again.</p>`;
        return sendHtml(reply.status(404), gone);
      }
      return sendFile(reply, file);
    }),
  );
}
