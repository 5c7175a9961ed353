import type { FastifyInstance, FastifyRequest } from "fastify";
import { html } from "hono/html";
import type { HistoryView } from "../../app/ports.ts";
import type { EscalationId } from "../../core/ids.ts";
import { answerHtml } from "../forms/answer-page.ts";
import type { PageContext } from "../forms/press.ts";
import { idOf, linkOf, personOf } from "../viewer.ts";
import {
  forViewers,
  pageContextFor,
  param,
  queryOf,
  sendHtml,
  sendPage,
  type ViewerContext,
  viewsFor,
} from "../viewer-context.ts";
import { boardHtml, boardTitle, readBoard } from "./board.ts";
import { cardHtml } from "./card.ts";
import type { Draw } from "./drawn.ts";
import { historyHtml } from "./history.ts";
import { addHistoryFile } from "./history-file.ts";
import { readAsked } from "./history-query.ts";
import { emptyHtml, type Html, lineHtml, pageText } from "./html-text.ts";
import { doubtHtml } from "./layout.ts";
import { drawDeployments, drawLog, drawPolicy, drawTimeline } from "./reading-pages.ts";
import { recordHtml } from "./record.ts";
import { helpHtml } from "./static-pages.ts";
import { timelineAddress } from "./timeline.ts";
import { utc } from "./times.ts";

/** Adds the pages, and the pieces of them that are redrawn. */
export function addPages(app: FastifyInstance, context: ViewerContext): void {
  const page = (path: string, draw: Draw): void => {
    app.get(
      path,
      forViewers(context, async (request, reply, viewer) => {
        const { status, pageContext, title, live, below } = await draw(context, request, viewer);
        const main = html`${answerOf(context, request, pageContext)}${live}${below}`;
        return sendPage(context, {
          reply: reply.status(status),
          pageContext,
          page: { title, main },
        });
      }),
    );
  };
  const livePage = (path: string, fragment: string, draw: Draw): void => {
    page(path, draw);
    app.get(
      `/fragments/${fragment}`,
      forViewers(context, async (request, reply, viewer) => {
        const { status, live } = await draw(context, request, viewer);
        return sendHtml(reply.status(status), html`${doubtHtml(context.deps.inDoubt())}${live}`);
      }),
    );
  };
  livePage("/", "board", drawBoard);
  livePage("/escalations/:id", "escalations/:id", drawEscalation);
  page("/escalations/:id/record", drawRecord);
  livePage("/log", "log", drawLog);
  page("/deployments", drawDeployments);
  page("/deployments/:id", drawTimeline);
  page("/policy", drawPolicy);
  page("/history", drawHistory);
  page("/help", drawHelp);
  addHistoryFile(app, context);
}

const drawBoard: Draw = async (context, request, viewer) => {
  const asked = queryOf(request).get("page") ?? "1";
  if (!/^[1-9]\d{0,5}$/.test(asked)) {
    const live = html`<div class="prose"><h1>No such page</h1><p>“${pageText(asked)}” is not a page of the board. <a href="/">Back to the first</a></p></div>`;
    return {
      status: 404,
      pageContext: pageContextFor(context, viewer, "/"),
      title: "No such page",
      live,
    };
  }
  const board = await readBoard(await viewsFor(context, viewer), viewer, Number(asked));
  const { page } = board.live;
  const pageContext = pageContextFor(context, viewer, page === 1 ? "/" : `/?page=${page}`);
  return {
    status: 200,
    pageContext,
    title: boardTitle(board),
    live: boardHtml(board, pageContext),
  };
};

const drawEscalation: Draw = async (context, request, viewer) => {
  const asked = param(request, "id");
  const id: EscalationId | null = isEscalationId(asked) ? asked : null;
  const pageContext = pageContextFor(context, viewer, id === null ? "/" : `/escalations/${id}`);
  const views = await viewsFor(context, viewer);
  const offered =
    id === null ? undefined : await views.cardFor(id, personOf(viewer), linkOf(viewer));
  if (!offered) {
    const live = html`<div class="prose"><h1>No such escalation</h1><p>There is no “${pageText(asked)}” on the record. <a href="/">What is open now</a></p></div>`;
    return { status: 404, pageContext, title: "No such escalation", live };
  }
  const { card } = offered;
  const answered = await views.answered(card.escalation);
  const before = `/history?${new URLSearchParams({ deployment: card.deployment })}`;
  const live = html`
<div id="live" data-fragment="/fragments/escalations/${card.escalation}" data-title="${card.escalation}">
  <h1 class="unseen">${card.escalation}</h1>
  <section class="single" data-key="card" aria-label="${card.escalation}">${cardHtml(offered, pageContext, true)}</section>
  ${answered && answeredHtml(answered, idOf(viewer))}
  <p data-key="record"><a href="/escalations/${card.escalation}/record">The whole record, to read or print</a></p>
  <p data-key="history"><a href="${before}">What was recorded about ${pageText(card.deployment)}</a> · <a href="${timelineAddress(card.deployment)}">how it stood over time</a></p>
</div>`;
  return { status: 200, pageContext, title: card.escalation, live };
};

/** What settled it first, whatever was decided later: the card above shows what is in force. */
const answeredHtml = ({ index, at, line }: HistoryView, me: string): Html => html`
  <section class="single" data-key="decision" aria-labelledby="decision-heading">
    <h2 id="decision-heading">The decision</h2>
    <p>${lineHtml(line.slice(1), me)}</p>
    <p class="muted">${utc(at)} · record ${index}</p>
  </section>`;

const drawRecord: Draw = async (context, request, viewer) => {
  const asked = param(request, "id");
  const pageContext = pageContextFor(context, viewer, "/history");
  const views = await viewsFor(context, viewer);
  const found = isEscalationId(asked) ? await views.record(asked) : undefined;
  if (!found) {
    const live = html`<div class="prose"><h1>No such escalation</h1><p>There is no “${pageText(asked)}” on the record.</p></div>`;
    return { status: 404, pageContext, title: "No such escalation", live };
  }
  return {
    status: 200,
    pageContext,
    title: `Record of ${found.id}`,
    live: recordHtml(found, pageContext),
  };
};

const drawHistory: Draw = async (context, request, viewer) => {
  const views = await viewsFor(context, viewer);
  const pageContext = pageContextFor(context, viewer, "/history");
  const asked = readAsked(queryOf(request));
  const [found, postures, people] = await Promise.all([
    asked.problems.length > 0 ? { unfit: asked.problems } : views.history(asked.filter),
    views.postures(null),
    views.people(),
  ]);
  const problems = "unfit" in found ? found.unfit : [];
  const rows = "unfit" in found ? [] : found;
  const live = historyHtml(asked, { found: rows, problems, postures, people, pageContext });
  return { status: problems.length > 0 ? 400 : 200, pageContext, title: "History", live };
};

const drawHelp: Draw = async (context, _request, viewer) => {
  const pageContext = pageContextFor(context, viewer, "/help");
  return { status: 200, pageContext, title: "Help", live: helpHtml(context.deps.commandList) };
};

/** Whether a text is an escalation's id. */
export function isEscalationId(text: string): text is EscalationId {
  return /^HP-[1-9]\d{0,11}$/.test(text);
}

function answerOf(context: ViewerContext, request: FastifyRequest, pageContext: PageContext): Html {
  const id = queryOf(request).get("answer");
  return id === null
    ? emptyHtml
    : answerHtml(id, context.answers.find(id, pageContext.viewer.bound), pageContext);
}
