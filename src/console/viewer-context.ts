import type { FastifyReply, FastifyRequest } from "fastify";
import type { NamedFile, Views } from "../app/ports.ts";
import { type CookieNames, cookie, setCookie } from "./cookies.ts";
import type { Nonces } from "./forms/nonce.ts";
import type { PageContext } from "./forms/press.ts";
import type { Answers } from "./forms/shown-answers.ts";
import type { Live } from "./live/live.ts";
import { ownPath } from "./own-path.ts";
import type { Html } from "./pages/html-text.ts";
import { type AssetLinks, noticeHtml, type PageContent, pageHtml } from "./pages/layout.ts";
import { notInHtml } from "./pages/static-pages.ts";
import type { ConsoleDeps } from "./ports.ts";
import { askerOf, type NotIn, type Viewer } from "./viewer.ts";

/** What the routes share. */
export interface ViewerContext {
  readonly deps: ConsoleDeps;
  readonly cookies: CookieNames;
  readonly viewerOf: (request: FastifyRequest) => Promise<Viewer | NotIn>;
  readonly nonces: Nonces;
  readonly answers: Answers;
  readonly live: Live;
  readonly assets: AssetLinks;
}

/**
 * No Referrer-Policy `no-referrer`: with it browsers send `Origin: null` with every form (Fetch
 * standard, "append a request Origin header").
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** The context of a page for a viewer. */
export function pageContextFor(context: ViewerContext, viewer: Viewer, from: string): PageContext {
  return {
    viewer,
    from,
    now: context.deps.clock.now(),
    nonce: () => context.nonces.issue(viewer.bound),
  };
}

/** What this viewer may see. */
export function viewsFor({ deps }: ViewerContext, viewer: Viewer): Promise<Views> {
  return deps.viewsFor(askerOf(viewer));
}

/** Sends a piece of a page, or a page. */
export function sendHtml(reply: FastifyReply, body: string | Html): FastifyReply {
  return reply.header("content-type", "text/html; charset=utf-8").send(String(body));
}

/** Sends a file to be kept. It is never shown as a page, whatever is in it. */
export function sendFile(reply: FastifyReply, { name, text }: NamedFile): FastifyReply {
  return reply
    .header("content-type", "application/octet-stream")
    .header(
      "content-disposition",
      `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, "_")}"`,
    )
    .send(text);
}

/** Sends a whole page to a signed-in viewer. */
export async function sendPage(
  context: ViewerContext,
  {
    reply,
    pageContext,
    page,
  }: {
    readonly reply: FastifyReply;
    readonly pageContext: PageContext;
    readonly page: PageContent;
  },
): Promise<FastifyReply> {
  const people = pageContext.viewer.by === "demo" ? await context.deps.people() : [];
  return sendHtml(
    reply,
    pageHtml(page, {
      pageContext,
      people,
      commands: context.deps.commandList,
      inDoubt: context.deps.inDoubt(),
      assets: context.assets,
    }),
  );
}

/** Sends one message to a viewer who is not signed in, or whose form is not accepted. */
export function sendNotice(
  context: ViewerContext,
  {
    reply,
    status,
    title,
    main,
  }: {
    readonly reply: FastifyReply;
    readonly status: number;
    readonly title: string;
    readonly main: Html;
  },
): FastifyReply {
  return sendHtml(reply.status(status), noticeHtml(title, context.assets, main));
}

/** What answers a request. */
export type Route = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A route for signed-in viewers: others get the page that says how to sign in. */
export function forViewers(
  context: ViewerContext,
  work: (request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => Promise<FastifyReply>,
): Route {
  return async (request, reply) => {
    const viewer = await context.viewerOf(request);
    if ("is" in viewer) return work(request, reply, viewer);
    return sendNotIn(context, { request, reply, notIn: viewer });
  };
}

/** 401, or in demo mode 403 with the condition that failed. */
function sendNotIn(
  context: ViewerContext,
  {
    request,
    reply,
    notIn,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly notIn: NotIn },
): FastifyReply {
  const { signIn } = context.deps;
  const to = request.method === "GET" ? ownPath(request.url) : "/";
  if (notIn.status === 401) reply.header("www-authenticate", 'Bearer realm="holdpoint"');
  if (notIn.status === 401 && to !== "/") rememberPage(context, reply, to);
  return sendNotice(context, {
    reply,
    status: notIn.status,
    title: notInTitles[notIn.why],
    main: notInHtml(notIn, signIn && { name: signIn.name, to }),
  });
}

/** For whoever signs in by a login link, which may not know where they wanted to go. Seconds. */
const remembersFor = 900;

function rememberPage({ cookies }: ViewerContext, reply: FastifyReply, to: string): void {
  const { to: name, secure } = cookies;
  const value = encodeURIComponent(to);
  reply.header("set-cookie", setCookie(name, { value, maxAge: remembersFor, secure }));
}

/** The page that this browser asked for last without a session; "/" = none. */
export function rememberedPage({ cookies }: ViewerContext, request: FastifyRequest): string {
  try {
    return ownPath(decodeURIComponent(cookie(request, cookies.to)));
  } catch {
    return "/"; // not as we set it
  }
}

const notInTitles: Readonly<Record<NotIn["why"], string>> = {
  "no-session": "Not signed in",
  elsewhere: "Not open from here",
  "no-key": "The key is missing",
};

/** The address's query. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.url.split("?")[1] ?? "");
}

/** A named part of the address's path. */
export function param(request: FastifyRequest, name: string): string {
  const params = new Map(Object.entries(request.params ?? {}));
  return String(params.get(name) ?? "");
}
