import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import type { FileFormat, NamedFile, Unfit, Views } from "../../app/ports.ts";
import { askerOf } from "../viewer.ts";
import {
  forViewers,
  queryOf,
  sendFile,
  sendHtml,
  type ViewerContext,
  viewsFor,
} from "../viewer-context.ts";
import { type Given, type HistoryQuery, kept, readAsked } from "./history-query.ts";
import { type Html, pageText } from "./html-text.ts";

const formats: Readonly<Record<FileFormat, string>> = { csv: "CSV", jsonl: "JSON Lines" };

/** Links to everything that a history's filters find, as files. */
export const fileLinks = (given: Given): Html => {
  const address = (format: string): string =>
    `/history/file?${new URLSearchParams([...kept(given), ["format", format]])}`;
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
      const found = await fileOf(await viewsFor(context, viewer), { format, filter, problems });
      if ("unfit" in found)
        return sendHtml(
          reply.status(400),
          html`<p>Nothing was searched: ${pageText(found.unfit.join("; "))}. <a href="/history">Back to the history</a></p>`,
        );
      await context.deps.noteExport(askerOf(viewer), request.url);
      return sendFile(reply, found);
    }),
  );
}

async function fileOf(
  views: Pick<Views, "historyFile">,
  {
    format,
    filter,
    problems,
  }: Pick<HistoryQuery, "filter" | "problems"> & { readonly format: string },
): Promise<NamedFile | Unfit> {
  if (!isFormat(format))
    return { unfit: [`format “${format}” is neither csv nor jsonl`, ...problems] };
  return problems.length > 0 ? { unfit: problems } : views.historyFile(filter, format);
}

const isFormat = (text: string): text is FileFormat => Object.hasOwn(formats, text);
