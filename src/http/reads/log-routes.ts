import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { Gate } from "../access.ts";
import type { RecordReads } from "../ports.ts";
import { refuse } from "../problem.ts";

/**
 * GET /log/checkpoint, /log/proof/:index, /log/tlog-proof/:what and /log/export: what an auditor
 * needs to verify the log independently.
 */
export function recordRoutes(app: FastifyInstance, record: RecordReads, gate: Gate): void {
  app.get<{ readonly Querystring: Readonly<Record<string, unknown>> }>(
    "/log/checkpoint",
    { onRequest: gate },
    async ({ query }, reply) => {
      const asked = witnessedIn(query);
      if (asked === null) return refuse(reply, { status: 400, detail: onlyWitnessed });
      const found = asked ? await record.witnessed() : await record.checkpoint();
      if (found === null)
        return refuse(reply, { status: 404, detail: "Nothing has been signed yet." });
      if (typeof found !== "string" && !found.ok)
        return refuse(reply, { status: 404, detail: found.because });
      const note = typeof found === "string" ? found : found.note;
      return reply.header("content-type", "text/plain; charset=utf-8").send(note);
    },
  );

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

  app.get<{ readonly Querystring: Readonly<Record<string, unknown>> }>(
    "/log/export",
    { onRequest: gate },
    async ({ query }, reply) => {
      const asked = witnessedIn(query);
      if (asked === null) return refuse(reply, { status: 400, detail: onlyWitnessed });
      const upTo = asked ? await record.witnessed() : null;
      if (upTo !== null && !upTo.ok) return refuse(reply, { status: 404, detail: upTo.because });
      return reply
        .header("content-type", "application/x-ndjson")
        .send(Readable.from(exportLines(record.export(upTo?.checkpoint ?? null))));
    },
  );
}

const onlyWitnessed = "It takes one parameter: witnessed=true, up to what all witnesses cosigned.";

/** Whether only what witnesses cosigned is asked for; null = something else is. */
function witnessedIn(query: Readonly<Record<string, unknown>>): boolean | null {
  const names = Object.keys(query);
  if (names.length === 0) return false;
  return names.length === 1 && query["witnessed"] === "true" ? true : null;
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
