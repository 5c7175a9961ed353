import { html } from "hono/html";
import type { Views } from "../../app/ports.ts";
import type { CommandHelp } from "../ports.ts";
import type { NotIn } from "../viewer.ts";
import { entriesWords } from "./board.ts";
import { type Html, pageText } from "./html-text.ts";
import { commandListHtml } from "./layout.ts";
import { utc } from "./times.ts";

/** The record's head and how to check it without trusting this server. */
export function logHtml(head: Awaited<ReturnType<Views["head"]>>): Html {
  return html`
<div id="live" class="prose" data-fragment="/fragments/log" data-title="Audit log">
  <h1>Audit log</h1>
  <p class="big">${entriesWords(head.size)}</p>
  ${head.size > 0 && html`<p>Last entry ${utc(head.at)}.</p>`}
  <h2>Checkpoint</h2>
  ${head.note === null ? html`<p class="calm">No checkpoint has been signed yet.</p>` : noteHtml(head.note)}
  <h2>Verify it offline</h2>
  <p>Export the log, then verify it. Verifying needs only the directory: no server, no database, no account.</p>
  <pre tabindex="0" aria-label="Commands">npm run holdpoint -- log export ./log
npm run holdpoint -- log verify ./log --seen checkpoint-you-kept</pre>
  <p>The result is OK, or names the first bad entry: TAMPERED, TRUNCATED or FORKED bytes, UNAUTHORIZED if nobody had the right to make it, INCONSISTENT if it does not follow from those before it.</p>
</div>`;
}

const noteHtml = (note: string): Html => html`
  <p>The signed head of the log. Keep a copy somewhere else: with an old checkpoint anybody can prove that the log was rewritten.</p>
  <pre tabindex="0" aria-label="Signed checkpoint">${noteText(note)}</pre>
  <p>Programs read it at <code>/log/checkpoint</code>, with a token.</p>`;

/** A checkpoint with its line breaks; invisible characters are made visible. */
const noteText = (note: string): string => note.split("\n").map(pageText).join("\n");

/** Every command, and how this page is meant to be used. */
export function helpHtml(commands: readonly CommandHelp[]): Html {
  return html`
<div class="prose">
  <h1>Help</h1>
  <p>Each button is a typed command, and each command can be typed: the same words work here and in every chat.
    <code>&lt;what&gt;</code> is an escalation such as <code>HP-142</code> or a deployment. The reason is what follows the first
    <code>because</code>.</p>
  <p>Restricting takes one person and works at once. Resuming takes two.</p>
  ${commandListHtml(commands)}
</div>`;
}

/** How a login link is made. */
export const loginCommand: Html = html`<pre tabindex="0" aria-label="Command">npm run holdpoint -- login-link &lt;your name&gt;</pre>`;

/** The page for a viewer who is not signed in, or lacks demo mode's key. */
export function notInHtml({ why, because }: Pick<NotIn, "why" | "because">): Html {
  return html`
<p>${because}</p>
${why === "no-key" && html`<p>Did you just open that address? <a href="/">Continue to the console</a>.</p>`}
${why !== "no-key" && askForLinkHtml}`;
}

const askForLinkHtml: Html = html`
<p>Say <code>console</code> to Holdpoint in Slack or Teams: it answers you alone with a login link. Or ask whoever runs Holdpoint
  for one. They make it with</p>
${loginCommand}
<p>The link works once, for 10 minutes; the session it opens lasts an hour, or twelve by a link from a chat. Did you just sign in and follow a link from somewhere
  else? <a href="/">Continue to the console</a>.</p>`;
