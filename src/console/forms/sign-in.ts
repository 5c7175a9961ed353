import { createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "hono/html";
import type { Instant } from "../../core/ids.ts";
import { cookie, setCookie } from "../cookies.ts";
import { ownPath } from "../own-path.ts";
import { pageText } from "../pages/html-text.ts";
import { loginLinkHtml, signInButton } from "../pages/static-pages.ts";
import type { ConsoleDeps, SignIn, SignInFlow } from "../ports.ts";
import { queryOf, sendNotice, type ViewerContext } from "../viewer-context.ts";
import { enter } from "./enter.ts";

/**
 * Sign-in at an OpenID Connect issuer. A flow is a cookie of the browser that began it, for ten
 * minutes; the server keeps nothing of it, so that nobody fills it by beginning flows. From the
 * cookie's random part and our secret follow the state, the nonce and the code verifier: no other
 * browser, and no issuer, can make them up. An answer of the issuer is used once by the key of its
 * commit.
 */

const lasts = 600_000;
/** The clocks of replicas may differ a little. */
const ahead = 60_000;

const begins = "/sign-in";

/** Adds the way to the issuer and back. */
export function addSignIn(app: FastifyInstance, context: ViewerContext): void {
  const { signIn } = context.deps;
  if (signIn === null) return;
  const flows = createFlows(context.deps);
  const { flow: name, secure } = context.cookies;

  app.get(begins, async (request, reply) => {
    const to = ownPath(queryOf(request).get("to") ?? "/");
    const { value, flow } = flows.begin(to);
    const begun = await signIn.begin(flow);
    if ("because" in begun)
      return notSignedIn(context, reply, { signIn, to, status: 503, because: begun.because });
    reply.header(
      "set-cookie",
      setCookie(name, { value, maxAge: lasts / 1000, secure, sameSite: "Lax" }),
    );
    return reply.redirect(begun.url, 303);
  });

  app.get(`${begins}/callback`, async (request, reply) => {
    const begun = flows.read(cookie(request, name));
    reply.header("set-cookie", setCookie(name, { value: "", maxAge: 0, secure, sameSite: "Lax" }));
    if (begun === null)
      return notSignedIn(context, reply, { signIn, to: "/", status: 400, because: notBegun });
    const { flow, to } = begun;
    const session = await signIn.finish(flow, rawQueryOf(request));
    if ("because" in session)
      return notSignedIn(context, reply, { signIn, to, status: 403, because: session.because });
    return enter(context, reply, { session, to });
  });
}

const notBegun =
  "This sign-in was not begun in this browser, or more than ten minutes ago, so nobody was signed in.";

function rawQueryOf(request: FastifyRequest): string {
  const at = request.url.indexOf("?");
  return at === -1 ? "" : request.url.slice(at + 1);
}

function notSignedIn(
  context: ViewerContext,
  reply: FastifyReply,
  {
    signIn,
    to,
    status,
    because,
  }: {
    readonly signIn: SignIn;
    readonly to: string;
    readonly status: number;
    readonly because: string;
  },
): FastifyReply {
  return sendNotice(context, {
    reply,
    status,
    title: "Not signed in",
    main: html`
<p>${pageText(because)}</p>
${signInButton(signIn.name, to)}
${loginLinkHtml}`,
  });
}

/** Makes and reads the cookie of a flow: `<when>.<random>.<to>.<mac>`. */
function createFlows({ clock, random, secret }: Pick<ConsoleDeps, "clock" | "random" | "secret">) {
  const keyed = (what: string, text: string): Buffer =>
    createHmac("sha256", secret).update(`sign-in\0${what}\0${text}`).digest();
  const flowOf = (id: string): SignInFlow => ({
    state: keyed("state", id).toString("base64url"),
    nonce: keyed("nonce", id).toString("base64url"),
    verifier: keyed("verifier", id).toString("base64url"),
  });
  return {
    begin: (to: string): { readonly value: string; readonly flow: SignInFlow } => {
      const id = random.id("") + random.id("");
      const said = [clock.now().toString(36), id, Buffer.from(to).toString("base64url")].join(".");
      return { value: `${said}.${keyed("cookie", said).toString("base64url")}`, flow: flowOf(id) };
    },
    /** Null where the cookie is not ours, or too old. */
    read: (value: string): { readonly flow: SignInFlow; readonly to: string } | null => {
      const [stamp = "", id = "", to = "", given = "", ...more] = value.split(".");
      const expected = keyed("cookie", [stamp, id, to].join("."));
      const sent = Buffer.from(given, "base64url");
      if (more.length > 0 || sent.length !== expected.length || !timingSafeEqual(sent, expected))
        return null;
      if (!isYoung(clock.now() - Number.parseInt(stamp, 36))) return null;
      return { flow: flowOf(id), to: ownPath(Buffer.from(to, "base64url").toString("utf8")) };
    },
  };
}

const isYoung = (age: Instant): boolean => age >= -ahead && age <= lasts;
