import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import type { AssetLinks } from "./pages/layout.ts";

const read = (...names: readonly string[]): Buffer =>
  Buffer.concat(names.map((name) => readFileSync(new URL(`./assets/${name}`, import.meta.url))));

/**
 * Serves the style sheet (joined from several files in this order) and the script, both read once;
 * answers their addresses.
 */
export function serveAssets(app: FastifyInstance): AssetLinks {
  const serve = (name: string, type: string, body: Buffer): string => {
    const version = createHash("sha256").update(body).digest("hex").slice(0, 16);
    app.get(`/${name}`, (_request, reply) =>
      reply
        .header("content-type", `${type}; charset=utf-8`)
        .header("cache-control", "public, max-age=31536000, immutable")
        .send(body),
    );
    return `/${name}?v=${version}`;
  };
  return {
    css: serve(
      "console.css",
      "text/css",
      read("base.css", "cards.css", "pages.css", "reading.css"),
    ),
    js: serve("console.js", "text/javascript", read("console.js")),
  };
}
