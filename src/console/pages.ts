import type { FastifyInstance, FastifyRequest } from "fastify";
import { html } from "hono/html";
import type { EscalationId } from "../core/ids.ts";
import { answerHtml } from "./answer.ts";
import { boardHtml, boardTitle, readBoard } from "./board.ts";
import { cardHtml } from "./card.ts";
import { historyHtml, readAsked } from "./history.ts";
import type { Seat } from "./press.ts";
import { forViewers, param, queryOf, type Room, seatAt, sendHtml, sendPage } from "./room.ts";
import { helpHtml, logHtml } from "./still-pages.ts";
import { linkOf, personOf, type Viewer } from "./viewer.ts";
import { type Html, nothing, visible } from "./visible.ts";

/** What a page shows; `live` is the piece that is redrawn when something changes. */
interface Drawn {
  readonly status: 200 | 400 | 404;
  readonly seat: Seat;
  readonly title: string;
  readonly live: Html;
}

type Draw = (room: Room, request: FastifyRequest, viewer: Viewer) => Promise<Drawn>;

/** Adds the pages people read, and the pieces of them that are redrawn. */
export const addPages = (app: FastifyInstance, room: Room): void => {
  const page = (path: string, draw: Draw): void => {
    app.get(
      path,
      forViewers(room, async (request, reply, viewer) => {
        const { status, seat, title, live } = await draw(room, request, viewer);
        const main = html`${answerOf(room, request, seat)}${live}`;
        return sendPage(room, reply.status(status), seat, { title, main });
      }),
    );
  };
  const livePage = (path: string, fragment: string, draw: Draw): void => {
    page(path, draw);
    app.get(
      `/fragments/${fragment}`,
      forViewers(room, async (request, reply, viewer) => {
        const { status, live } = await draw(room, request, viewer);
        return sendHtml(reply.status(status), live);
      }),
    );
  };
  livePage("/", "board", drawBoard);
  livePage("/escalations/:id", "escalations/:id", drawEscalation);
  livePage("/log", "log", drawLog);
  page("/history", drawHistory);
  page("/help", drawHelp);
};

const drawBoard: Draw = async (room, request, viewer) => {
  const asked = queryOf(request).get("page") ?? "1";
  if (!/^[1-9]\d{0,5}$/.test(asked)) {
    const live = html`<div class="prose"><h1>No such page</h1><p>“${visible(asked)}” is no page of the board. <a href="/">Back to the first</a></p></div>`;
    return { status: 404, seat: seatAt(room, viewer, "/"), title: "No such page", live };
  }
  const board = await readBoard(room.deps.views, viewer, Number(asked));
  const { page } = board.live;
  const seat = seatAt(room, viewer, page === 1 ? "/" : `/?page=${page}`);
  return { status: 200, seat, title: boardTitle(board), live: boardHtml(board, seat) };
};

const drawEscalation: Draw = async (room, request, viewer) => {
  const asked = param(request, "id");
  const id: EscalationId | null = isEscalationId(asked) ? asked : null;
  const seat = seatAt(room, viewer, id === null ? "/" : `/escalations/${id}`);
  const person = personOf(viewer);
  const offered =
    id === null ? undefined : await room.deps.views.cardFor(id, person, linkOf(viewer));
  if (!offered) {
    const live = html`<div class="prose"><h1>No such escalation</h1><p>There is no “${visible(asked)}” on the record. <a href="/">What is open now</a></p></div>`;
    return { status: 404, seat, title: "No such escalation", live };
  }
  const { card } = offered;
  const before = `/history?${new URLSearchParams({ deployment: card.deployment })}`;
  const live = html`
<div id="live" data-fragment="/fragments/escalations/${card.escalation}" data-title="${card.escalation}">
  <h1 class="unseen">${card.escalation}</h1>
  <section class="single" data-key="card" aria-label="${card.escalation}">${cardHtml(offered, seat, true)}</section>
  <p data-key="history"><a href="${before}">What was recorded about ${visible(card.deployment)}</a></p>
</div>`;
  return { status: 200, seat, title: card.escalation, live };
};

const drawLog: Draw = async (room, _request, viewer) => {
  const seat = seatAt(room, viewer, "/log");
  return { status: 200, seat, title: "Audit log", live: logHtml(await room.deps.views.head()) };
};

const drawHistory: Draw = async (room, request, viewer) => {
  const { views } = room.deps;
  const seat = seatAt(room, viewer, "/history");
  const asked = readAsked(queryOf(request));
  const [found, postures, people] = await Promise.all([
    asked.problems.length > 0 ? { unfit: asked.problems } : views.history(asked.filter),
    views.postures(null),
    views.people(),
  ]);
  const problems = "unfit" in found ? found.unfit : [];
  const rows = "unfit" in found ? [] : found;
  const live = historyHtml(asked, rows, problems, postures, people, seat);
  return { status: problems.length > 0 ? 400 : 200, seat, title: "History", live };
};

const drawHelp: Draw = async (room, _request, viewer) => {
  const seat = seatAt(room, viewer, "/help");
  return { status: 200, seat, title: "Help", live: helpHtml(room.deps.commandList) };
};

/** Whether a text is an escalation's id. */
export const isEscalationId = (text: string): text is EscalationId =>
  /^HP-[1-9]\d{0,11}$/.test(text);

const answerOf = (room: Room, request: FastifyRequest, seat: Seat): Html => {
  const id = queryOf(request).get("answer");
  return id === null ? nothing : answerHtml(id, room.answers.find(id, seat.viewer.bound), seat);
};
