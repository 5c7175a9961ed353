import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import type { FileFormat } from "../../app/ports.ts";
import { askerOf } from "../viewer.ts";
import { forViewers, queryOf, sendHtml, type ViewerContext, viewsFor } from "../viewer-context.ts";
import { type Given, readAsked } from "./history-query.ts";
import { type Html, pageText } from "./html-text.ts";

const formats: Readonly<Record<FileFormat, string>> = { csv: "CSV", jsonl: "JSON Lines" };

/** Links to everything that a history's filters find, as files. */
export const fileLinks = (given: Given): Html => {
  const kept = Object.entries(given).filter(([, value]) => value !== "");
  const address = (format: string): string =>
    `/history/file?${new URLSearchParams([...kept, ["format", format]])}`;
  return html`All of it: ${Object.entries(formats).map(([format, name]) => html`<a href="${address(format)}" download>${name}</a> `)}`;
};

/** GET /history/file?format=csv&…: what the history finds with these filters, as a file. */
export function addHistoryFile(app: FastifyInstance, context: ViewerContext): void {
  app.get(
    "/history/file",
    forViewers(context, async (request, reply, viewer) => {
      const query = queryOf(request);
      const format = query.get("format") ?? "";
      query.delete("format");
      const { filter, problems } = readAsked(query);
      const wrong = isFormat(format)
        ? problems
        : [`format “${format}” is neither csv nor jsonl`, ...problems];
      const views = await viewsFor(context, viewer);
      const found =
        wrong.length > 0 || !isFormat(format)
          ? { unfit: wrong }
          : await views.historyFile(filter, format);
      if ("unfit" in found)
        return sendHtml(
          reply.status(400),
          html`<p>Nothing was searched: ${pageText(found.unfit.join("; "))}. <a href="/history">Back to the history</a></p>`,
        );
      await context.deps.noteExport(askerOf(viewer), request.url);
      return reply
        .header("content-type", "application/octet-stream")
        .header("content-disposition", `attachment; filename="${found.name}"`)
        .send(found.text);
    }),
  );
}

const isFormat = (text: string): text is FileFormat => Object.hasOwn(formats, text);
