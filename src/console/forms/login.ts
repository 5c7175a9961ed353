import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import { ownPath } from "../own-path.ts";
import type { Html } from "../pages/html-text.ts";
import { loginCommand } from "../pages/static-pages.ts";
import { hashed } from "../viewer.ts";
import { queryOf, rememberedPage, sendNotice, type ViewerContext } from "../viewer-context.ts";
import { beginSession } from "./enter.ts";
import { formProblem, readForm } from "./post-guard.ts";

interface Link {
  Params: { token: string };
}

/** Adds login links. Opening one does not use it up, so that link previews do no harm. */
export function addLogin(app: FastifyInstance, context: ViewerContext): void {
  const bound = (token: string): string => `login:${hashed(token)}`;

  app.get<Link>("/login/:token", (request, reply) => {
    const { token } = request.params;
    const nonce = context.nonces.issue(bound(token));
    const to = ownPath(queryOf(request).get("to") ?? "/");
    return sendNotice(context, {
      reply,
      status: 200,
      title: "Sign in",
      main: html`
<p>This link opens the console for one person, once. The session lasts an hour, or twelve where you asked for the link
  in a chat yourself.</p>
<form method="post" action="/login/${encodeURIComponent(token)}">
  <input type="hidden" name="nonce" value="${nonce}" autocomplete="off">
  <input type="hidden" name="to" value="${to}" autocomplete="off">
  <button class="button primary"><span>Sign in</span></button>
</form>`,
    });
  });

  app.post<Link>("/login/:token", { bodyLimit: 64 * 1024 }, async (request, reply) => {
    const { token } = request.params;
    const form = readForm(request);
    const problem = formProblem(context, { request, form, bound: bound(token) });
    if (problem !== null) {
      return sendNotice(context, {
        reply,
        status: problem.status,
        title: "Not accepted",
        main: html`<p>${problem.because} The link is still valid.</p>`,
      });
    }
    const session = await context.deps.sessions.redeem(token);
    if (session === undefined)
      return sendNotice(context, { reply, status: 401, title: "Not signed in", main: spentHtml });
    const asked = ownPath(form.get("to") ?? "/");
    const to = asked === "/" ? rememberedPage(context, request) : asked;
    beginSession(context, reply, session);
    return reply.redirect(to, 303);
  });
}

const spentHtml: Html = html`
<p>This link was used before, or it is older than 10 minutes. Ask for a new one:</p>
${loginCommand}`;
