import { html } from "hono/html";
import type { CommandHelp } from "../ports.ts";
import type { NotIn } from "../viewer.ts";
import type { Html } from "./html-text.ts";
import { commandListHtml } from "./layout.ts";

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
export function notInHtml(
  { why, because }: Pick<NotIn, "why" | "because">,
  signIn: { readonly name: string; readonly to: string } | null,
): Html {
  return html`
<p>${because}</p>
${why === "no-session" && signIn && signInButton(signIn.name, signIn.to)}
${why === "no-key" && html`<p>Did you just open that address? <a href="/">Continue to the console</a>.</p>`}
${why !== "no-key" && loginLinkHtml}
${why !== "no-key" && html`<p>Did you just sign in and follow a link from somewhere else? <a href="/">Continue to the console</a>.</p>`}`;
}

/** The way to the issuer. `to` is a page of ours. */
export function signInButton(name: string, to: string): Html {
  const where = to === "/" ? "" : `?${new URLSearchParams({ to })}`;
  return html`<p><a class="button primary" href="/sign-in${where}"><span>Sign in with ${name}</span></a></p>`;
}

/** The way without an issuer. */
export const loginLinkHtml: Html = html`
<p>Say <code>console</code> to Holdpoint in Slack or Teams: it answers you alone with a login link. Or ask whoever runs Holdpoint
  for one. They make it with</p>
${loginCommand}
<p>The link works once, for 10 minutes; the session it opens lasts an hour, or twelve by a link from a chat.</p>`;
