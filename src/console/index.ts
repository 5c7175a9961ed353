import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { html } from "hono/html";
import { serveAssets } from "./assets.ts";
import { cookieNames } from "./cookies.ts";
import { addDemoKey } from "./demo-key.ts";
import { addLogin } from "./forms/login.ts";
import { createNonces } from "./forms/nonce.ts";
import { addPosts } from "./forms/posts.ts";
import { addProofCheck, checkPath, proofTooLarge } from "./forms/proof-check.ts";
import { createAnswers } from "./forms/shown-answers.ts";
import { addSignIn } from "./forms/sign-in.ts";
import { createLive } from "./live/live.ts";
import { addStreams } from "./live/streams.ts";
import { addAsk } from "./pages/ask-routes.ts";
import { addPages } from "./pages/pages.ts";
import type { ConsoleDeps } from "./ports.ts";
import { createViewers } from "./viewer.ts";
import { pageHeaders, sendNotice, type ViewerContext } from "./viewer-context.ts";

/**
 * Adds the console: a chat that needs no account, and the auditor's pages. Bodies must arrive as a
 * Buffer.
 */
export function registerConsole(app: FastifyInstance, deps: ConsoleDeps): void {
  app.register((scope, _options, done) => {
    const cookies = cookieNames(deps.publicUrl);
    const context: ViewerContext = {
      deps,
      cookies,
      viewerOf: createViewers(deps, cookies),
      nonces: createNonces(deps),
      answers: createAnswers(deps.clock),
      live: createLive(deps.changes),
      assets: serveAssets(scope),
    };
    scope.addHook("onRequest", async (_request, reply) => {
      for (const [name, value] of Object.entries(pageHeaders)) reply.header(name, value);
    });
    scope.addHook("preClose", (closed) => {
      context.live.close();
      closed();
    });
    answerErrors(scope, context);
    addDemoKey(scope, context);
    addPages(scope, context);
    addAsk(scope, context);
    addPosts(scope, context);
    addProofCheck(scope, context);
    addStreams(scope, context);
    addLogin(scope, context);
    addSignIn(scope, context);
    done();
  });
}

/** How the console answers faults and bugs: a sentence and a reference. */
function answerErrors(scope: FastifyInstance, context: ViewerContext): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
      return sendNotice(context, {
        reply,
        status: 413,
        title: "Not accepted",
        main: html`<p>${tooLargeText(request)} Nothing has changed.</p>`,
      });
    }
    if (error.code === "HOLDPOINT_BUSY") {
      return sendNotice(context, {
        reply,
        status: 503,
        title: "Not accepted",
        main: html`<p>Too much is being sent at the same time. Nothing has changed; try again in a moment.</p>`,
      });
    }
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return sendNotice(context, {
        reply,
        status,
        title: "Not accepted",
        main: html`<p>The request cannot be read. Nothing has changed.</p>`,
      });
    }
    const reference = context.deps.failed(error);
    return sendNotice(context, {
      reply,
      status: 503,
      title: "This page cannot be shown now",
      main: html`<p>Holdpoint could not read what it needs. Decisions already recorded stand. <a href="">Try again</a>.</p><p class="muted">Reference ${reference}</p>`,
    });
  });
}

const tooLargeText = ({ routeOptions }: FastifyRequest): string =>
  routeOptions.url === checkPath ? proofTooLarge : "The form is larger than 64 kB.";
