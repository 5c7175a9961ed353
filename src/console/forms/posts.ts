import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "hono/html";
import { Fault, type Invocation, type Reply } from "../../app/ports.ts";
import { isUnsure } from "../../core/card/not-recorded.ts";
import { answers as words } from "../../core/words/answers.ts";
import { cookie, setCookie } from "../cookies.ts";
import { ownPath } from "../own-path.ts";
import { pageText } from "../pages/html-text.ts";
import { isEscalationId } from "../pages/pages.ts";
import { speakerOf, unnamedPerson, type Viewer } from "../viewer.ts";
import {
  forViewers,
  pageContextFor,
  type Route,
  sendNotice,
  type ViewerContext,
} from "../viewer-context.ts";
import { sayForm } from "./answer-page.ts";
import { askAgain } from "./ask-again.ts";
import { lineOf } from "./form-line.ts";
import { formProblem, isOurs, readForm } from "./post-guard.ts";

const largestForm = 64 * 1024;

/** Adds the forms of signed-in viewers: run a line, choose a person (demo mode), log out. */
export function addPosts(app: FastifyInstance, context: ViewerContext): void {
  const options = { bodyLimit: largestForm };

  app.post(
    "/say",
    options,
    keepingWords(
      context,
      guarded(context, async ({ form, reply, viewer }) => {
        const invocation = invocationOf(form, viewer);
        const answer = await run(context, invocation);
        if (isUnsure(answer)) return askAgain(context, { reply, form, told: answer.text });
        const shown = { line: invocation.line, answer };
        const id = context.answers.keep(invocation.key, viewer.bound, shown);
        const back = backTo(form);
        return reply.redirect(`${back}${back.includes("?") ? "&" : "?"}answer=${id}#answer`, 303);
      }),
    ),
  );

  app.post(
    "/be",
    options,
    guarded(context, async ({ form, reply, viewer }) => {
      if (viewer.by !== "demo") {
        return sendNotice(context, {
          reply,
          status: 403,
          title: "Not accepted",
          main: html`<p>Demo mode is off: who you are comes from your session alone.</p>`,
        });
      }
      const people = await context.deps.people();
      const chosen = people.find(({ id }) => id === form.get("person"))?.id ?? unnamedPerson;
      reply.header(
        "set-cookie",
        setCookie(context.cookies.as, {
          value: chosen,
          maxAge: 30 * 86_400,
          secure: context.cookies.secure,
        }),
      );
      return reply.redirect(backTo(form), 303);
    }),
  );
  addLogout(app, context);
}

/** Ends this session, or all of whoever sends it. */
function addLogout(app: FastifyInstance, context: ViewerContext): void {
  const options = { bodyLimit: largestForm };
  app.post(
    "/logout",
    options,
    guarded(context, async ({ form, reply, viewer, request }) => {
      if (form.get("everywhere") === "yes") {
        const { ok, text } = await run(context, {
          ...invocationOf(form, viewer),
          line: "sign-out",
        });
        if (!ok)
          return refuseForm(context, {
            reply,
            viewer,
            form,
            problem: { status: 403, because: text },
          });
      } else if (viewer.by === "session")
        await context.deps.sessions.end(cookie(request, context.cookies.session));
      reply.header(
        "set-cookie",
        setCookie(context.cookies.session, {
          value: "",
          maxAge: 0,
          secure: context.cookies.secure,
        }),
      );
      return reply.redirect("/", 303);
    }),
  );
}

/** A form that was sent, and who sent it. */
interface SentForm {
  readonly form: URLSearchParams;
  readonly reply: FastifyReply;
  readonly viewer: Viewer;
  readonly request: FastifyRequest;
}

type Work = (sent: SentForm) => Promise<FastifyReply>;

/** A form from our own page, sent by a viewer who may act. */
const guarded = (context: ViewerContext, work: Work): Route =>
  forViewers(context, async (request, reply, viewer) => {
    const form = readForm(request);
    const problem = formProblem(context, { request, form, bound: viewer.bound });
    if (problem !== null) return refuseForm(context, { reply, viewer, form, problem });
    if (viewer.is === "reader")
      return refuseForm(context, { reply, viewer, form, problem: readerProblem });
    return work({ form, reply, viewer, request });
  });

/**
 * Where the sender cannot be identified, nothing is done; what was typed in a page of ours is kept
 * for another press.
 */
const keepingWords =
  (context: ViewerContext, route: Route): Route =>
  async (request, reply) => {
    try {
      return await route(request, reply);
    } catch (error) {
      const form = readForm(request);
      if (!isOurs(context, request) || lineOf(form) === "") throw error;
      const reference = context.deps.failed(error);
      return askAgain(context, {
        reply,
        form,
        told: `${context.deps.inbound.unasked(keyOf(form), lineOf(form)).text} (${reference})`,
      });
    }
  };

const readerProblem = {
  status: 403,
  because: "A token can only read. Sign in with a login link to run commands.",
} as const;

/** Answers which condition failed; text that came from our own page is kept for a second press. */
function refuseForm(
  context: ViewerContext,
  {
    reply,
    viewer,
    form,
    problem,
  }: {
    readonly reply: FastifyReply;
    readonly viewer: Viewer;
    readonly form: URLSearchParams;
    readonly problem: {
      readonly status: number;
      readonly because: string;
      readonly ours?: boolean;
    };
  },
): FastifyReply {
  const line = lineOf(form);
  const again = problem.ours === true && viewer.is !== "reader" && line !== "";
  const pageContext = pageContextFor(context, viewer, backTo(form));
  return sendNotice(context, {
    reply,
    status: problem.status,
    title: "Not accepted",
    main: html`<p>${problem.because} Nothing changed.</p>${
      again
        ? html`<p>Run it again?</p><p class="said">${pageText(line)}</p>${sayForm(pageContext, line, "Run it again")}`
        : html`<p><a href="/">Load the page again</a> and use the form there.</p>`
    }`,
  });
}

/**
 * The key includes the text: a browser may restore an old page with its nonce, in which something
 * else is typed.
 */
function keyOf(form: URLSearchParams): string {
  const said = createHash("sha256").update(lineOf(form)).digest("hex").slice(0, 16);
  return `console:${form.get("nonce") ?? ""}:${said}`;
}

function invocationOf(form: URLSearchParams, viewer: Viewer): Invocation {
  const version = form.get("version") ?? "";
  const channel = form.get("channel") ?? "";
  const escalation = form.get("escalation") ?? "";
  return {
    speaker: speakerOf(viewer),
    surface: "console",
    line: lineOf(form),
    key: keyOf(form),
    version: /^\d{1,15}$/.test(version) ? Number(version) : null,
    channel: channel === "" ? null : channel.slice(0, 200),
    escalation: isEscalationId(escalation) ? escalation : null,
    private: true,
  };
}

async function run(context: ViewerContext, invocation: Invocation): Promise<Reply> {
  try {
    return await context.deps.inbound.run(invocation);
  } catch (error) {
    const reference = context.deps.failed(error);
    const again =
      error instanceof Fault && error.retry === "never"
        ? "Somebody must look at the server's log."
        : words.notConfirmed;
    const text = `${again} Reference ${reference}.`;
    return { ok: false, text, choices: [], lines: [], next: null, file: null, form: null };
  }
}

/** Only our own pages. */
function backTo(form: URLSearchParams): string {
  const from = form.get("from") ?? "";
  return /^\/\?page=[1-9]\d{0,5}$/.test(from) ? from : ownPath(from);
}
