import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "hono/html";
import { setCookie } from "./cookies.ts";
import { queryOf, sendNotice, type ViewerContext } from "./viewer-context.ts";

/** How long a browser's cookie is valid; the key itself does not expire. Seconds. */
const lifetime = 30 * 86_400;

/**
 * Accepts demo mode's key in an address, `/?key=…` as the start prints it: sets a cookie and
 * redirects to the same page without the key, so that the key stays in no address bar, history or
 * Referer.
 */
export function addDemoKey(scope: FastifyInstance, context: ViewerContext): void {
  const { demo } = context.deps;
  if (demo === null) return;
  scope.addHook("onRequest", async (request, reply) => {
    const sent = request.method === "GET" ? queryOf(request).getAll("key") : [];
    if (sent.length === 0) return undefined;
    reply.header("referrer-policy", "no-referrer");
    const now = demo.admits(request);
    if (now.is === "elsewhere") return undefined; // the page says which condition failed
    if (sent.some(demo.matches)) {
      const { name, value } = demo.cookie(request.socket.localPort ?? 0);
      reply.header(
        "set-cookie",
        setCookie(name, { value, maxAge: lifetime, secure: context.cookies.secure }),
      );
      return reply.redirect(withoutKey(request), 303);
    }
    return now.is === "open" ? reply.redirect(withoutKey(request), 303) : refuseKey(context, reply);
  });
}

/** The path and the rest of the query, never another host. */
function withoutKey(request: FastifyRequest): string {
  const [path = "/"] = request.url.split("?");
  const query = queryOf(request);
  query.delete("key");
  const rest = query.size > 0 ? `?${query}` : "";
  return `${path.replace(/^\/+/, "/")}${rest}`;
}

const refuseKey = (context: ViewerContext, reply: FastifyReply): FastifyReply =>
  sendNotice(context, {
    reply,
    status: 403,
    title: "Not the key",
    main: html`<p>The address has another key than this server's. Open the one that the start printed after “Console:”, or take the key from the
      file <code>demo-key</code> in the data directory (<code>HOLDPOINT_DATA</code>). A new key is made when that file is deleted.</p>`,
  });
