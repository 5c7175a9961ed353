import type { FastifyError, FastifyInstance } from "fastify";
import { html } from "hono/html";
import { createAnswers } from "./answers.ts";
import { serveAssets } from "./assets.ts";
import { cookieNames } from "./cookies.ts";
import { addDemoDoor } from "./demo-door.ts";
import { createLive } from "./live.ts";
import { addLogin } from "./login.ts";
import { createNonces } from "./nonce.ts";
import { addPages } from "./pages.ts";
import type { ConsoleDeps } from "./ports.ts";
import { addPosts } from "./posts.ts";
import { pageHeaders, type Room, sendDoor } from "./room.ts";
import { addStreams } from "./streams.ts";
import { createViewers } from "./viewer.ts";

/** Adds the console: a chat that needs no account, and the auditor's pages. Bodies must arrive as a Buffer. */
export const registerConsole = (app: FastifyInstance, deps: ConsoleDeps): void => {
  app.register((scope, _options, done) => {
    const cookies = cookieNames(deps.publicUrl);
    const room: Room = {
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
      room.live.close();
      closed();
    });
    answerErrors(scope, room);
    addDemoDoor(scope, room);
    addPages(scope, room);
    addPosts(scope, room);
    addStreams(scope, room);
    addLogin(scope, room);
    done();
  });
};

/** The console's door for faults and bugs: a sentence and a reference. */
const answerErrors = (scope: FastifyInstance, room: Room): void => {
  scope.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
      return sendDoor(
        room,
        reply,
        413,
        "Not accepted",
        html`<p>The form is larger than 64 kB. Nothing has changed.</p>`,
      );
    }
    if (error.code === "HOLDPOINT_BUSY") {
      return sendDoor(
        room,
        reply,
        503,
        "Not accepted",
        html`<p>Too much is being sent at the same time. Nothing has changed; try again in a moment.</p>`,
      );
    }
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return sendDoor(
        room,
        reply,
        status,
        "Not accepted",
        html`<p>The request cannot be read. Nothing has changed.</p>`,
      );
    }
    const reference = room.deps.failed(error);
    return sendDoor(
      room,
      reply,
      503,
      "This page cannot be shown now",
      html`<p>Holdpoint could not read what it needs. Decisions already recorded stand. <a href="">Try again</a>.</p><p class="muted">Reference ${reference}</p>`,
    );
  });
};
