import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Gate } from "../access.ts";
import type { RecordReads } from "../ports.ts";
import { refuse } from "../problem.ts";

/**
 * GET /log/checkpoint, /log/proof/:index, /log/tlog-proof/:what and /log/export: what an auditor needs to verify the log
 * independently.
 */
export function recordRoutes(app: FastifyInstance, record: RecordReads, gate: Gate): void {
  app.get("/log/checkpoint", { onRequest: gate }, async (_request, reply) => {
    const note = await record.checkpoint();
    if (note === null)
      return refuse(reply, { status: 404, detail: "Nothing has been signed yet." });
    return reply.header("content-type", "text/plain; charset=utf-8").send(note);
  });

  app.get<{ readonly Params: { readonly index: string } }>(
    "/log/proof/:index",
    { onRequest: gate },
    async (request, reply) => {
      if (!/^\d{1,15}$/.test(request.params.index))
        return refuse(reply, { status: 400, detail: "The index is no number." });
      const proof = await record.proof(Number(request.params.index));
      return (
        proof ??
        refuse(reply, { status: 404, detail: "No signed checkpoint covers this index yet." })
      );
    },
  );

  app.get<{ readonly Params: { readonly what: string } }>(
    "/log/tlog-proof/:what",
    { onRequest: gate },
    async ({ params }, reply) => {
      if (!/^(?:hp-?)?\d{1,9}$/i.test(params.what))
        return refuse(reply, {
          status: 400,
          detail: "Ask for the proof of an escalation (HP-7) or of a record number (12).",
        });
      const found = await record.proofFile(params.what);
      if (found === "unknown")
        return refuse(reply, { status: 404, detail: "There is no such escalation or record." });
      if (found === "unsigned")
        return refuse(reply, {
          status: 404,
          detail: "No signed checkpoint covers it yet: ask again in a moment.",
        });
      const name = `holdpoint-record-${found.index}.tlog-proof`;
      return reply
        .header("content-type", "text/plain; charset=utf-8")
        .header("content-disposition", `attachment; filename="${name}"`)
        .send(found.text);
    },
  );

  app.get("/log/export", { onRequest: gate }, async (_request, reply) =>
    reply
      .header("content-type", "application/x-ndjson")
      .send(Readable.from(exportLines(record.export()))),
  );
}

/**
 * One line per chunk, `{"file","chunk"}` with base64. The last line is `{"end":true}`: without it
 * the export is cut off.
 */
async function* exportLines(parts: ReturnType<RecordReads["export"]>): AsyncGenerator<string> {
  for await (const { file, chunk } of parts) {
    yield `${JSON.stringify({ file, chunk: Buffer.from(chunk).toString("base64") })}\n`;
  }
  yield '{"end":true}\n';
}
