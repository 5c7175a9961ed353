import type { FastifyInstance, FastifyReply } from "fastify";
import type { Reply } from "../../app/ports.ts";
import { isUnanswered } from "../../core/card/not-recorded.ts";
import { rfc3339 } from "../../core/time.ts";
import { plain } from "../../core/words/line.ts";
import type { createAccess, Gate } from "../access.ts";
import type { ServerDeps } from "../ports.ts";
import { refuse } from "../problem.ts";
import { askQuery, noQuery, readQuery } from "./query.ts";
import { isEscalationId } from "./read-routes.ts";

/**
 * GET /v1/ask?line=…: a question as it is typed in a chat, answered in the same words. With
 * `format=file` the file of the answer alone, such as a CSV.
 */
export function askRoute(
  app: FastifyInstance,
  deps: Pick<ServerDeps, "ask">,
  access: ReturnType<typeof createAccess>,
): void {
  app.get("/v1/ask", { onRequest: access.reads }, async (request, reply) => {
    const asked = readQuery(askQuery, request, reply);
    if (!asked) return reply;
    const answer = await deps.ask(access.readerOf(request), asked.line);
    if (isUnanswered(answer))
      return refuse(reply.header("retry-after", "5"), { status: 503, detail: answer.text });
    if (!answer.ok || answer.form) return refuse(reply, { status: 400, detail: answer.text });
    return asked.format === "file" ? sendFile(reply, answer.file) : reply.send(bodyOf(answer));
  });
}

type ById = { readonly Params: { readonly id: string } };

/** GET /v1/record/:id: the whole record of an escalation. */
export function recordRoute(
  app: FastifyInstance,
  deps: Pick<ServerDeps, "reads">,
  gate: Gate,
): void {
  app.get<ById>("/v1/record/:id", { onRequest: gate }, async (request, reply) => {
    if (!readQuery(noQuery, request, reply)) return reply;
    const { id } = request.params;
    const record = isEscalationId(id) ? await deps.reads.record(id) : undefined;
    if (!record) return refuse(reply, { status: 404, detail: "There is no such escalation." });
    const sections = record.sections.map(({ heading, items }) => ({
      heading,
      items: items.map(({ at, line }) => ({
        at: at === null ? null : rfc3339(at),
        text: plain(line),
      })),
    }));
    return {
      escalation: id,
      title: plain(record.title),
      sections,
      proves: record.proves,
      proof: record.proof,
    };
  });
}

const bodyOf = ({ text, lines, next, file }: Reply) => ({
  text,
  lines: lines.map(plain),
  next,
  file,
});

/** The file of an answer. It is never shown as a page, whatever is in it. */
function sendFile(reply: FastifyReply, file: Reply["file"]): FastifyReply {
  if (file === null) return refuse(reply, { status: 400, detail: "That answer has no file." });
  return reply
    .header("content-type", fileType(file.name))
    .header("content-disposition", `attachment; filename="${fileName(file.name)}"`)
    .send(file.text);
}

const fileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, "_");

function fileType(name: string): string {
  if (name.endsWith(".csv")) return "text/csv; charset=utf-8";
  return name.endsWith(".jsonl") ? "application/x-ndjson" : "text/plain; charset=utf-8";
}
