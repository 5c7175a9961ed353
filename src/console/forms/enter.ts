import type { FastifyReply } from "fastify";
import { html } from "hono/html";
import type { Instant } from "../../core/ids.ts";
import { cookie, setCookie } from "../cookies.ts";
import { sendNotice, type ViewerContext } from "../viewer-context.ts";

interface Session {
  readonly token: string;
  readonly expires: Instant;
}

/** Adds the cookie of a session, and takes away the page that it was to lead to. */
export function beginSession(
  { cookies, deps }: Pick<ViewerContext, "cookies" | "deps">,
  reply: FastifyReply,
  { token, expires }: Session,
): void {
  const { secure } = cookies;
  const maxAge = (expires - deps.clock.now()) / 1000;
  reply.header("set-cookie", setCookie(cookies.session, { value: token, maxAge, secure }));
  if (cookie(reply.request, cookies.to) !== "")
    reply.header("set-cookie", setCookie(cookies.to, { value: "", maxAge: 0, secure }));
}

/**
 * Lets somebody in who comes from another site. The page leads on by itself: a redirect from here
 * would count as that site's, and the session's cookie is not sent with those (RFC 6265bis
 * §5.2, SameSite=Strict).
 */
export function enter(
  context: ViewerContext,
  reply: FastifyReply,
  { session, to }: { readonly session: Session; readonly to: string },
): FastifyReply {
  beginSession(context, reply, session);
  reply.header("refresh", `0; url=${to}`);
  return sendNotice(context, {
    reply,
    status: 200,
    title: "You are signed in",
    main: html`<p><a href="${to}">Continue to the console</a></p>`,
  });
}
