import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "hono/html";
import { type Answer, Fault, type Invocation } from "../app/ports.ts";
import { isUnsure } from "../core/unsure.ts";
import { answers as words } from "../core/words.ts";
import { askAgain } from "./again.ts";
import { sayForm } from "./answer.ts";
import { cookie, setCookie } from "./cookies.ts";
import { isEscalationId } from "./pages.ts";
import { formProblem, isOurs, readForm } from "./post-guard.ts";
import { forViewers, type Room, type Route, seatAt, sendDoor } from "./room.ts";
import { lineOf } from "./say-line.ts";
import { actorOf, linkOf, nobody, type Viewer } from "./viewer.ts";
import { visible } from "./visible.ts";

const largestForm = 64 * 1024;

/** Adds what can be pressed by who is in: say a line, be somebody (demo mode), log out. */
export const addPosts = (app: FastifyInstance, room: Room): void => {
  const options = { bodyLimit: largestForm };

  app.post(
    "/say",
    options,
    keepingWords(
      room,
      guarded(room, async (form, reply, viewer) => {
        const invocation = invocationOf(form, viewer);
        const answer = await run(room, invocation);
        if (isUnsure(answer)) return askAgain(room, reply, form, answer.text);
        const shown = { line: invocation.line, answer };
        const id = room.answers.keep(invocation.key, viewer.bound, shown);
        const back = backTo(form);
        return reply.redirect(`${back}${back.includes("?") ? "&" : "?"}answer=${id}#answer`, 303);
      }),
    ),
  );

  app.post(
    "/be",
    options,
    guarded(room, async (form, reply, viewer) => {
      if (viewer.by !== "demo") {
        return sendDoor(
          room,
          reply,
          403,
          "Not accepted",
          html`<p>Demo mode is off: who you are comes from your session alone.</p>`,
        );
      }
      const people = await room.deps.views.people();
      const chosen = people.find(({ id }) => id === form.get("person"))?.id ?? nobody;
      reply.header(
        "set-cookie",
        setCookie(room.cookies.as, chosen, 30 * 86_400, room.cookies.secure),
      );
      return reply.redirect(backTo(form), 303);
    }),
  );

  app.post(
    "/logout",
    options,
    guarded(room, async (_form, reply, viewer, request) => {
      if (viewer.by === "session")
        await room.deps.sessions.end(cookie(request, room.cookies.session));
      reply.header("set-cookie", setCookie(room.cookies.session, "", 0, room.cookies.secure));
      return reply.redirect("/", 303);
    }),
  );
};

type Work = (
  form: URLSearchParams,
  reply: FastifyReply,
  viewer: Viewer,
  request: FastifyRequest,
) => Promise<FastifyReply>;

/** A form of ours, sent by somebody who is in and may speak. */
const guarded = (room: Room, work: Work): Route =>
  forViewers(room, async (request, reply, viewer) => {
    const form = readForm(request);
    const problem = formProblem(room, request, form, viewer.bound);
    if (problem !== null) return refuseForm(room, reply, viewer, form, problem);
    if (viewer.is === "reader") return refuseForm(room, reply, viewer, form, readerProblem);
    return work(form, reply, viewer, request);
  });

/** Where it cannot be found out who says it, nothing is done; what was typed in a page of ours is kept for another press. */
const keepingWords =
  (room: Room, route: Route): Route =>
  async (request, reply) => {
    try {
      return await route(request, reply);
    } catch (error) {
      const form = readForm(request);
      if (!isOurs(room, request) || lineOf(form) === "") throw error;
      const reference = room.deps.failed(error);
      return askAgain(
        room,
        reply,
        form,
        `${room.deps.inbound.unasked(keyOf(form)).text} (${reference})`,
      );
    }
  };

const readerProblem = {
  status: 403,
  because: "A token can only read. Sign in with a login link to run commands.",
} as const;

/** Says which condition failed; words that came from our own page are kept for a second press. */
const refuseForm = (
  room: Room,
  reply: FastifyReply,
  viewer: Viewer,
  form: URLSearchParams,
  problem: { readonly status: number; readonly because: string; readonly ours?: boolean },
): FastifyReply => {
  const line = lineOf(form);
  const again = problem.ours === true && viewer.is !== "reader" && line !== "";
  const seat = seatAt(room, viewer, backTo(form));
  return sendDoor(
    room,
    reply,
    problem.status,
    "Not accepted",
    html`<p>${problem.because} Nothing changed.</p>${
      again
        ? html`<p>Run it again?</p><p class="said">${visible(line)}</p>${sayForm(seat, line, "Run it again")}`
        : html`<p><a href="/">Load the page again</a> and use the form there.</p>`
    }`,
  );
};

/** The words too: a browser may bring back an old page, nonce and all, and something else is typed into it. */
const keyOf = (form: URLSearchParams): string => {
  const said = createHash("sha256").update(lineOf(form)).digest("hex").slice(0, 16);
  return `console:${form.get("nonce") ?? ""}:${said}`;
};

const invocationOf = (form: URLSearchParams, viewer: Viewer): Invocation => {
  const version = form.get("version") ?? "";
  const channel = form.get("channel") ?? "";
  const escalation = form.get("escalation") ?? "";
  return {
    actor: actorOf(viewer),
    surface: "console",
    line: lineOf(form),
    key: keyOf(form),
    version: /^\d{1,15}$/.test(version) ? Number(version) : null,
    channel: channel === "" ? null : channel.slice(0, 200),
    escalation: isEscalationId(escalation) ? escalation : null,
    account: null,
    link: linkOf(viewer),
    private: true,
  };
};

const run = async (room: Room, invocation: Invocation): Promise<Answer> => {
  try {
    return await room.deps.inbound.run(invocation);
  } catch (error) {
    const reference = room.deps.failed(error);
    const again =
      error instanceof Fault && error.retry === "never"
        ? "Somebody must look at the server's log."
        : words.notConfirmed;
    const text = `${again} Reference ${reference}.`;
    return { ok: false, text, choices: [], lines: [], next: null, file: null, form: null };
  }
};

/** Only our own pages. */
const backTo = (form: URLSearchParams): string => {
  const from = form.get("from") ?? "";
  return /^\/(?:\?page=[1-9]\d{0,5}|history|log|help|escalations\/HP-[1-9]\d{0,11})?$/.test(from)
    ? from
    : "/";
};
