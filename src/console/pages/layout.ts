import { html } from "hono/html";
import type { Person } from "../../core/people/person.ts";
import { toldInDoubt } from "../../core/words/in-doubt.ts";
import { plain } from "../../core/words/line.ts";
import { carried, maySpeak, type PageContext } from "../forms/press.ts";
import type { CommandHelp } from "../ports.ts";
import { unnamedPerson, type Viewer } from "../viewer.ts";
import { type Html, pageText } from "./html-text.ts";

/** Addresses of the style sheet and the script, with a hash of their contents in the name. */
export interface AssetLinks {
  readonly css: string;
  readonly js: string;
}

/** The contents of a page. */
export interface PageContent {
  readonly title: string;
  readonly main: Html;
}

const pages = [
  ["/", "Overview"],
  ["/history", "History"],
  ["/ask", "Ask"],
  ["/policy", "Policy"],
  ["/log", "Audit log"],
  ["/help", "Help"],
] as const;

/** A whole page for a signed-in viewer: header, content, command line. */
export function pageHtml(
  page: PageContent,
  {
    pageContext,
    people,
    commands,
    assets,
    inDoubt,
  }: {
    readonly pageContext: PageContext;
    readonly people: readonly Person[];
    readonly commands: readonly CommandHelp[];
    readonly assets: AssetLinks;
    readonly inDoubt: string | null;
  },
): string {
  return documentHtml(
    page.title,
    assets,
    html`
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <div class="bar">
    <p class="brand"><a href="/">Holdpoint</a></p>
    <nav aria-label="Pages"><ul>${pages.map(
      ([href, name]) => html`
      <li><a href="${href}" ${href === pageContext.from && html`aria-current="page"`}>${name}</a></li>`,
    )}
    </ul></nav>
  </div>
  ${whoHtml(pageContext, people)}
</header>
${doubtHtml(inDoubt)}
<main id="main" tabindex="-1">${page.main}</main>
${maySpeak(pageContext) && composer(pageContext, commands)}
<p class="unseen" id="news" role="status" aria-live="polite"></p>`,
  );
}

/** That the record is in doubt, on every page; an open page fetches it with what it shows. */
export const doubtHtml = (inDoubt: string | null): Html =>
  html`<div id="doubt">${inDoubt !== null && html`<p class="doubt" role="alert">${pageText(plain(toldInDoubt(inDoubt)))}</p>`}</div>`;

/** A page with one message, for a viewer who is not signed in. */
export function noticeHtml(title: string, assets: AssetLinks, main: Html): string {
  return documentHtml(
    title,
    assets,
    html`
<header class="top"><div class="bar"><p class="brand"><a href="/">Holdpoint</a></p></div></header>
<main id="main" class="door prose"><h1>${title}</h1>${main}</main>`,
  );
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23157a6b' d='M5 0h6l5 5v6l-5 5H5l-5-5V5z'/%3E%3Cpath fill='%23fff' d='M4 7h8v2H4z'/%3E%3C/svg%3E";

const documentHtml = (title: string, assets: AssetLinks, body: Html): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Holdpoint</title>
  <link rel="icon" href="${icon}">
  <link rel="stylesheet" href="${assets.css}">
  <script src="${assets.js}" defer></script>
</head>
<body>${body}
</body>
</html>
`);

function whoHtml(pageContext: PageContext, people: readonly Person[]): Html {
  const { viewer } = pageContext;
  switch (viewer.by) {
    case "demo":
      return demoChoice(pageContext, viewer, people);
    case "session":
      return html`
  <form class="who" method="post" action="/logout">
    ${carried(pageContext, null)}
    <p>You are <strong><bdi>${viewer.is === "person" && pageText(viewer.person.name)}</bdi></strong></p>
    <button class="button plain"><span>Log out</span></button>
    <button class="button plain quiet" name="everywhere" value="yes"><span>Log out everywhere</span></button>
  </form>`;
    case "token":
      return html`<p class="who">Reading with a token. Decisions need a person's session.</p>`;
  }
}

function demoChoice(pageContext: PageContext, viewer: Viewer, people: readonly Person[]): Html {
  const chosen = viewer.is === "person" ? viewer.person.id : unnamedPerson;
  const option = (value: string, name: string): Html =>
    html`<option value="${value}" ${value === chosen && html`selected`}>${pageText(name)}</option>`;
  return html`
  <form class="who" method="post" action="/be">
    ${carried(pageContext, null)}
    <label for="be">Demo. You are:</label>
    <select id="be" name="person" autocomplete="off">
      ${people.map(({ id, name }) => option(id, name))}${option(unnamedPerson, "somebody not in the policy")}
    </select>
    <button class="button plain"><span>Switch</span></button>
  </form>`;
}

/** The command line, with every command behind "?". */
const composer = (pageContext: PageContext, commands: readonly CommandHelp[]): Html => html`
<div class="composer">
  <form method="post" action="/say" aria-label="Command line">
    ${carried(pageContext, null)}
    <label class="unseen" for="line">Command</label>
    <input id="line" name="line" list="command-words" placeholder="status, pause, …" maxlength="4000" required
      autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="send">
    <datalist id="command-words">${commands.map(
      ({ name, summary }) => html`<option value="${name} " label="${summary}"></option>`,
    )}</datalist>
    <button class="button primary"><span>Run</span></button>
  </form>
  <button type="button" class="button plain" popovertarget="commands" aria-label="All commands"><span>?</span></button>
  <dialog class="sheet tall" id="commands" popover aria-labelledby="commands-title">
    <div class="sheet-top">
      <button type="button" class="button plain" popovertarget="commands" popovertargetaction="hide"><span>Back</span></button>
      <p class="sheet-title" id="commands-title" role="heading" aria-level="2">Commands</p>
    </div>
    ${commandListHtml(commands)}
  </dialog>
</div>`;

/** Every command with its usage. */
export function commandListHtml(commands: readonly CommandHelp[]): Html {
  return html`
<dl class="commands">${commands.map(
    ({ usage, summary }) => html`
  <dt><code>${pageText(usage)}</code></dt><dd>${pageText(summary)}</dd>`,
  )}
</dl>`;
}
