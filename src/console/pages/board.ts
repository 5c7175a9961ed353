import { html } from "hono/html";
import type { BoardRow, BoardView, PostureView, Views } from "../../app/ports.ts";
import { buttonRows, type PageContext } from "../forms/press.ts";
import { linkOf, personOf, type Viewer } from "../viewer.ts";
import { cardHtml, foldedCardHtml } from "./card.ts";
import { emptyHtml, type Html, lineHtml, pageText } from "./html-text.ts";
import { timelineAddress } from "./timeline.ts";
import { utc, when } from "./times.ts";

/** Everything the first page shows. */
export interface Board {
  readonly live: BoardView;
  readonly postures: readonly PostureView[];
  readonly notices: Awaited<ReturnType<Views["notices"]>>;
  readonly head: Awaited<ReturnType<Views["head"]>>;
}

const mostNotices = 12;

/**
 * With more live escalations than this, each is a row that unfolds, so that one is found among
 * many.
 */
const mostInFull = 10;

/** Reads what a page of the board shows to a viewer. */
export async function readBoard(views: Views, viewer: Viewer, page: number): Promise<Board> {
  const [person, link] = [personOf(viewer), linkOf(viewer)];
  const [live, postures, notices, head] = await Promise.all([
    views.board(person, page, link),
    views.postures(person, link),
    views.notices(mostNotices),
    views.head(),
  ]);
  return { live, postures, notices, head };
}

/** "2 open · Holdpoint", for a browser's tab. */
export function boardTitle({ live: { open } }: Board): string {
  return open === 0 ? "Nothing open" : `${open} open`;
}

/**
 * The part of the first page that is redrawn when something changes. It is one list of cards, so
 * that a decided card moves instead of being replaced.
 */
export function boardHtml(board: Board, pageContext: PageContext): Html {
  const { live } = board;
  const open = live.rows.filter(({ card }) => card.status === "open");
  const rest = live.rows.filter(({ card }) => card.status !== "open");
  return html`
<div id="live" data-fragment="/fragments/board${pageQuery(live.page)}" data-title="${boardTitle(board)}">
  <h1 class="unseen">Overview</h1>
  <div class="columns" data-key="columns">
    <section class="column" data-key="cards" aria-label="Escalations">
      <h2 id="open-heading">${live.open === 0 ? "Nothing is open" : `Open: ${live.open}`}</h2>
      ${live.open === 0 && html`<p class="calm" data-key="calm">No open escalations. ${lastSignalHtml(live)}</p>`}
      ${openHtml(live, open, pageContext)}
      ${rest.length > 0 && html`<h2 id="settled-heading">Decided, monitoring: ${live.settled}</h2>`}
      ${rest.map((row) => rowHtml(row, pageContext, live.open + live.settled > mostInFull))}
      ${pagesHtml(live)}
    </section>
    <div class="column" data-key="side">
      ${posturesHtml(board.postures, pageContext)}${noticesHtml(board)}${headHtml(board)}
    </div>
  </div>
</div>`;
}

const lastSignalHtml = ({ lastSignal }: BoardView): Html =>
  lastSignal === null ? html`No signal received yet.` : html`Last signal ${utc(lastSignal)}.`;

/** Rows are grouped by the person they wait for; a full card names that person itself. */
function openHtml(live: BoardView, open: readonly BoardRow[], pageContext: PageContext): Html {
  const isFolded = live.open > mostInFull;
  const mine = open.filter((row) => row.mine !== null);
  const others = open.filter((row) => row.mine === null);
  const heading = (id: string, words: string): Html =>
    html`<h3 class="group" id="${id}">${words}</h3>`;
  const isSplit = isFolded && live.mine > 0;
  return html`
      ${isSplit && mine.length > 0 && heading("mine-heading", `Waiting for you: ${live.mine}`)}
      ${mine.map((row) => rowHtml(row, pageContext, isFolded))}
      ${isSplit && others.length > 0 && heading("others-heading", `Waiting for others: ${live.open - live.mine}`)}
      ${others.map((row) => rowHtml(row, pageContext, isFolded))}`;
}

const rowHtml = (row: BoardRow, pageContext: PageContext, isFolded: boolean): Html =>
  isFolded ? foldedCardHtml(row, pageContext) : cardHtml(row, pageContext, false);

const pageQuery = (page: number): string => (page === 1 ? "" : `?page=${page}`);

/** How many more there are, with the link to them. */
function pagesHtml({ open, settled, page, pages }: BoardView): Html {
  if (pages === 1) return emptyHtml;
  const link = (to: number, words: string): Html =>
    html`<a class="button plain" href="/${pageQuery(to)}"><span>${words}</span></a>`;
  return html`
      <nav class="row pages" data-key="pages" aria-label="More escalations">
        ${page > 1 && link(page - 1, "Back")}
        <p class="muted">Page ${page} of ${pages}: ${open} open, ${settled} decided</p>
        ${page < pages && link(page + 1, "More")}
      </nav>`;
}

const stateShapes = { open: "●", narrowed: "◐", paused: "■" } as const;

const posturesHtml = (postures: readonly PostureView[], pageContext: PageContext): Html => html`
<section data-key="postures" aria-labelledby="postures-heading">
  <h2 id="postures-heading">Deployments</h2>
  ${postures.map((posture) => postureHtml(posture, pageContext))}
  <p class="muted" data-key="all"><a href="/deployments">All deployments, also former ones</a></p>
</section>`;

function postureHtml(posture: PostureView, pageContext: PageContext): Html {
  const { id, timezone } = posture;
  const formContext = { prefix: `posture-${id}`, version: posture.version, escalation: null };
  return html`
<article class="posture ${posture.state}" id="posture-${id}" aria-labelledby="posture-name-${id}">
  <h3 class="title" id="posture-name-${id}"><bdi class="name">${pageText(posture.name)}</bdi></h3>
  <p class="state">
    <span class="mark" aria-hidden="true">${stateShapes[posture.state]}</span> ${stateSaid(posture)}
  </p>
  <p>Since ${when(posture.since, timezone, pageContext.now)}${decidedBy(posture, pageContext)}</p>
  ${againHtml(posture, pageContext)}
  ${proposalHtml(posture, pageContext)}
  <p class="muted"><span class="foreign">${pageText(id)}</span> · times in ${pageText(timezone)} · <a href="${timelineAddress(id)}">over time</a></p>
  <div class="buttons small" data-key="buttons">
    ${buttonRows([posture.buttons], { pageContext, formContext, last: null })}
  </div>
</article>`;
}

function againHtml({ reassessBy, overdue, timezone }: PostureView, pageContext: PageContext): Html {
  if (reassessBy === null) return emptyHtml;
  const by = when(reassessBy, timezone, pageContext.now);
  if (!overdue) return html`<p>Review due ${by}</p>`;
  return html`<p class="overdue"><strong><span aria-hidden="true">⚠</span> Review overdue</strong> since ${by}</p>`;
}

function proposalHtml({ proposal, timezone }: PostureView, pageContext: PageContext): Html {
  if (proposal === null) return emptyHtml;
  if (proposal.waits !== null) return html`<p class="proposal">${pageText(proposal.waits)}.</p>`;
  const until = when(proposal.expires, timezone, pageContext.now);
  return html`
  <p class="proposal"><bdi class="person">${pageText(proposal.by)}</bdi> requests resume to ${pageText(proposal.to)}.
    ${named(proposal.confirmers)} must approve by ${until}.</p>
  ${proposal.told.map((line) => html`<p class="proposal">${lineHtml(line, "")}</p>`)}`;
}

/** "**Narrowed** to staff": the state is put before the text unless the text begins with it. */
function stateSaid({ state, words }: PostureView): Html {
  const title = `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`;
  const rest = words.startsWith(state) ? words.slice(state.length) : `: ${words}`;
  return html`<strong class="mark">${title}</strong>${pageText(rest)}`;
}

/** Who set the posture; a decision that left it unchanged has its own time. */
function decidedBy({ decision, since, timezone }: PostureView, { now }: PageContext): Html {
  if (decision === null) return emptyHtml;
  const names = decision.by.map(pageText).join(" and ");
  const by = names === "" ? "automatically, by policy" : `by ${names}`;
  const index = decision.index === null ? "" : ` · record ${decision.index}`;
  const later =
    decision.at > since ? html`. Last decision ${when(decision.at, timezone, now)}:` : html`,`;
  return html`${later} ${pageText(decision.kind)} ${by}${index}`;
}

const named = (names: readonly string[]): string =>
  names.length === 0 ? "Nobody who can be reached" : names.map(pageText).join(" or ");

const noticesHtml = ({ notices }: Board): Html => html`
<section data-key="notices" aria-labelledby="notices-heading">
  <h2 id="notices-heading">Notifications</h2>
  ${notices.length === 0 ? html`<p class="calm">No notifications yet.</p>` : html`<ol class="notices">${notices.map(noticeHtml)}</ol>`}
</section>`;

const noticeHtml = ({ at, text, to, escalation }: Board["notices"][number]): Html => html`
    <li>
      <p class="muted">${utc(at)}${to.length > 0 && ` · to ${to.map(pageText).join(", ")}`}${escalation !== "" && html` · <a href="/escalations/${escalation}">${escalation}</a>`}</p>
      <p>${pageText(text)}</p>
    </li>`;

const headHtml = ({ head }: Board): Html => html`
<section data-key="head" aria-labelledby="head-heading">
  <h2 id="head-heading">Audit log</h2>
  <p>${entriesWords(head.size)}${head.size > 0 && html`, the last at ${utc(head.at)}`}. <a href="/log">Verify</a></p>
</section>`;

/** "4213 entries" */
export function entriesWords(size: number): string {
  return size === 1 ? "1 entry" : `${size} entries`;
}
