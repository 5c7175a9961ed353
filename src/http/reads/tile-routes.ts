import type { FastifyInstance } from "fastify";
import type { Tile } from "../../app/ports.ts";
import type { Gate } from "../access.ts";
import type { RecordReads } from "../ports.ts";
import { refuse } from "../problem.ts";

/**
 * GET /log/tile/<level>/<n>[.p/<width>], /log/tile/entries/<n>[.p/<width>] (c2sp.org/tlog-tiles,
 * with the prefix /log) and /log/consistency?from=<entries>: for whoever follows the log without
 * exporting it again.
 */
export function tileRoutes(app: FastifyInstance, record: RecordReads, gate: Gate): void {
  app.get<{ readonly Params: { readonly "*": string } }>(
    "/log/tile/*",
    { onRequest: gate },
    async ({ params }, reply) => {
      const tile = tileNamed(params["*"]);
      if (tile === null)
        return refuse(reply, {
          status: 400,
          detail:
            "Ask for a tile as <level>/<n> or entries/<n>, with n in groups of three digits (x001/x234/067) and .p/<width> for one that is not whole (c2sp.org/tlog-tiles).",
        });
      const bytes = await record.tile(tile);
      if (bytes === null)
        return refuse(reply, {
          status: 404,
          detail: "No signed checkpoint covers all of this tile yet.",
        });
      return reply
        .header("content-type", "application/octet-stream")
        .header("cache-control", "private, max-age=31536000, immutable")
        .send(Buffer.from(bytes));
    },
  );

  app.get<{ readonly Querystring: Readonly<Record<string, unknown>> }>(
    "/log/consistency",
    { onRequest: gate },
    async ({ query }, reply) => {
      const from = Object.keys(query).length === 1 ? String(query["from"]) : "";
      if (!/^(?:0|[1-9]\d{0,14})$/.test(from))
        return refuse(reply, {
          status: 400,
          detail: "Ask with ?from=<the number of entries of the checkpoint that you kept>.",
        });
      const proof = await record.consistency(Number(from));
      if (proof === "unsigned")
        return refuse(reply, { status: 404, detail: "Nothing has been signed yet." });
      if (typeof proof === "number")
        return refuse(reply, {
          status: 404,
          detail: `The newest checkpoint covers ${proof} entries. If you kept one over ${from}, this log was cut, or is another.`,
        });
      return proof;
    },
  );
}

/** What a path after /log/tile/ names; null where it is not one that the specification writes. */
export function tileNamed(path: string): Tile | null {
  const [, level = "", at = "", partial] =
    /^(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  const width = partial === undefined ? 256 : Number(partial);
  if (at === "" || (partial !== undefined && width > 255)) return null;
  if (/^x000\//.test(at)) return null; // written without leading zeroes
  if (level !== "entries" && Number(level) > 63) return null;
  const index = Number(at.replaceAll(/\D/g, ""));
  return { level: level === "entries" ? level : Number(level), index, width };
}
