import type { FastifyInstance } from "fastify";
import { html } from "hono/html";
import { setCookie } from "./cookies.ts";
import { formProblem, readForm } from "./post-guard.ts";
import { type Room, sendDoor } from "./room.ts";
import { loginCommand } from "./still-pages.ts";
import { hashed } from "./viewer.ts";
import type { Html } from "./visible.ts";

interface Link {
  Params: { token: string };
}

/** Adds login links. Looking at one spends nothing, so that link previews may. */
export const addLogin = (app: FastifyInstance, room: Room): void => {
  const bound = (token: string): string => `login:${hashed(token)}`;

  app.get<Link>("/login/:token", (request, reply) => {
    const { token } = request.params;
    const nonce = room.nonces.issue(bound(token));
    return sendDoor(
      room,
      reply,
      200,
      "Sign in",
      html`
<p>This link opens the console for one person, once. The session lasts an hour.</p>
<form method="post" action="/login/${encodeURIComponent(token)}">
  <input type="hidden" name="nonce" value="${nonce}" autocomplete="off">
  <button class="button primary"><span>Sign in</span></button>
</form>`,
    );
  });

  app.post<Link>("/login/:token", { bodyLimit: 64 * 1024 }, async (request, reply) => {
    const { token } = request.params;
    const problem = formProblem(room, request, readForm(request), bound(token));
    if (problem !== null) {
      return sendDoor(
        room,
        reply,
        problem.status,
        "Not accepted",
        html`<p>${problem.because} The link is not spent.</p>`,
      );
    }
    const session = await room.deps.sessions.redeem(token);
    if (session === undefined) return sendDoor(room, reply, 401, "Not signed in", spentHtml);
    const seconds = (session.expires - room.deps.clock.now()) / 1000;
    const { cookies } = room;
    reply.header("set-cookie", setCookie(cookies.session, session.token, seconds, cookies.secure));
    return reply.redirect("/", 303);
  });
};

const spentHtml: Html = html`
<p>This link was used before, or it is older than 10 minutes. Ask for a new one:</p>
${loginCommand}`;
