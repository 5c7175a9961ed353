import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "hono/html";
import type { EscalationId } from "../core/ids.ts";
import { answerHtml } from "./answer.ts";
import { boardHtml, boardTitle, readBoard } from "./board.ts";
import { cardHtml } from "./card.ts";
import { historyHtml, readAsked } from "./history.ts";
import type { Seat } from "./press.ts";
import { forViewers, pageHeaders, queryOf, type Room, seatAt, sendHtml, sendPage } from "./room.ts";
import { helpHtml, logHtml } from "./still-pages.ts";
import type { Viewer } from "./viewer.ts";
import { type Html, nothing, visible } from "./visible.ts";

/** Adds the pages people read, and the pieces of them that are redrawn. */
export const addPages = (app: FastifyInstance, room: Room): void => {
  const { views } = room.deps;

  const board = async (viewer: Viewer) => {
    const seat = seatAt(room, viewer, "/");
    const found = await readBoard(views);
    return { seat, title: boardTitle(found), live: boardHtml(found, seat) };
  };
  app.get(
    "/",
    forViewers(room, async (request, reply, viewer) => {
      const { seat, title, live } = await board(viewer);
      const main = html`<h1 class="unseen">Now</h1>${answerOf(room, request, seat)}${live}`;
      return sendPage(room, reply, seat, { title, main });
    }),
  );
  app.get(
    "/fragments/board",
    forViewers(room, async (_request, reply, viewer) =>
      sendHtml(reply, (await board(viewer)).live),
    ),
  );

  app.get(
    "/escalations/:id",
    forViewers(room, async (request, reply, viewer) => {
      const found = await escalation(room, request, viewer);
      const main = html`${answerOf(room, request, found.seat)}${found.live}`;
      return sendPage(room, reply.status(found.status), found.seat, { title: found.title, main });
    }),
  );
  app.get(
    "/fragments/escalations/:id",
    forViewers(room, async (request, reply, viewer) => {
      const found = await escalation(room, request, viewer);
      return sendHtml(reply.status(found.status), found.live);
    }),
  );

  app.get(
    "/history",
    forViewers(room, async (request, reply, viewer) => {
      const seat = seatAt(room, viewer, "/history");
      const asked = readAsked(queryOf(request));
      const [found, postures, people] = await Promise.all([
        views.history(asked.filter),
        views.postures(),
        views.people(),
      ]);
      const main = html`${answerOf(room, request, seat)}${historyHtml(asked, found, postures, people, seat)}`;
      return sendPage(room, reply, seat, { title: "History", main });
    }),
  );

  app.get(
    "/log",
    forViewers(room, async (request, reply, viewer) => {
      const seat = seatAt(room, viewer, "/log");
      const main = html`${answerOf(room, request, seat)}${logHtml(await views.head())}`;
      return sendPage(room, reply, seat, { title: "Record", main });
    }),
  );
  app.get(
    "/fragments/log",
    forViewers(room, async (_request, reply) => sendHtml(reply, logHtml(await views.head()))),
  );

  app.get(
    "/help",
    forViewers(room, async (request, reply, viewer) => {
      const seat = seatAt(room, viewer, "/help");
      const main = html`${answerOf(room, request, seat)}${helpHtml(room.deps.commandList)}`;
      return sendPage(room, reply, seat, { title: "Help", main });
    }),
  );
  app.get(
    "/answers/:id/file",
    forViewers(room, async (request, reply, viewer) => sendFile(room, request, reply, viewer)),
  );
  app.get(
    "/events",
    forViewers(room, async (request, reply) => listen(room, request, reply)),
  );
};

interface Found {
  readonly status: 200 | 404;
  readonly seat: Seat;
  readonly title: string;
  readonly live: Html;
}

const escalation = async (room: Room, request: FastifyRequest, viewer: Viewer): Promise<Found> => {
  const asked = param(request, "id");
  const id: EscalationId | null = isEscalationId(asked) ? asked : null;
  const seat = seatAt(room, viewer, id === null ? "/" : `/escalations/${id}`);
  const card = id === null ? undefined : await room.deps.views.card(id);
  if (!card) {
    const live = html`<h1>No such escalation</h1><p>There is no “${visible(asked)}” on the record. <a href="/">What is open now</a></p>`;
    return { status: 404, seat, title: "No such escalation", live };
  }
  const live = html`<div id="live" data-fragment="/fragments/escalations/${card.escalation}" data-title="${card.escalation}"><h1 class="unseen">${card.escalation}</h1><section class="single" data-key="card">${cardHtml(card, seat, true)}</section><p data-key="history"><a href="/history?deployment=${encodeURIComponent(card.deployment)}">What was decided about ${visible(card.deployment)} before</a></p></div>`;
  return { status: 200, seat, title: card.escalation, live };
};

/** Whether a text is an escalation's id. */
export const isEscalationId = (text: string): text is EscalationId =>
  /^HP-[1-9]\d{0,11}$/.test(text);

const param = (request: FastifyRequest, name: string): string => {
  const params = new Map(Object.entries(request.params ?? {}));
  return String(params.get(name) ?? "");
};

const answerOf = (room: Room, request: FastifyRequest, seat: Seat): Html => {
  const id = queryOf(request).get("answer");
  return id === null ? nothing : answerHtml(id, room.answers.find(id, seat.viewer.bound), seat);
};

const sendFile = (room: Room, request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => {
  const file = room.answers.find(param(request, "id"), viewer.bound)?.answer.file;
  if (!file) {
    return sendHtml(
      reply.status(404),
      html`<p>This file is no longer kept here. Ask for it again.</p>`,
    );
  }
  const name = file.name.replace(/[^A-Za-z0-9._-]/g, "_");
  return reply
    .header("content-type", "application/octet-stream")
    .header("content-disposition", `attachment; filename="${name}"`)
    .send(file.text);
};

const listen = async (
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  if (room.live.full()) {
    return reply.status(503).header("retry-after", "30").send("Too many pages listen already.");
  }
  reply.hijack();
  reply.raw.writeHead(200, { ...pageHeaders, "content-type": "text/event-stream; charset=utf-8" });
  room.live.add({
    response: reply.raw,
    stillIn: async () => "is" in (await room.viewerOf(request)),
  });
  return reply;
};
