import { html } from "hono/html";
import { pageContextFor, param, queryOf, viewsFor } from "../viewer-context.ts";
import type { Draw } from "./drawn.ts";
import { pageText } from "./html-text.ts";
import { logHtml, proofsHtml } from "./log-page.ts";
import { noPolicyHtml, policyAddress, policyHtml } from "./policy-page.ts";
import { deploymentsHtml, readRange, timelineAddress, timelineHtml } from "./timeline.ts";

/** Pages that an auditor reads. */

export const drawLog: Draw = async (context, _request, viewer) => {
  const pageContext = pageContextFor(context, viewer, "/log");
  return {
    status: 200,
    pageContext,
    title: "Audit log",
    live: logHtml(await (await viewsFor(context, viewer)).log()),
    below: proofsHtml(pageContext),
  };
};

export const drawPolicy: Draw = async (context, request, viewer) => {
  const asked = (queryOf(request).get("digest") ?? "").trim().slice(0, 64);
  const views = await viewsFor(context, viewer);
  const found = /^[0-9a-f]*$/.test(asked) ? await views.policies(asked) : undefined;
  const pageContext = pageContextFor(
    context,
    viewer,
    asked === "" ? "/policy" : policyAddress(asked),
  );
  return found
    ? { status: 200, pageContext, title: "Policy", live: policyHtml(found, pageContext) }
    : { status: 404, pageContext, title: "No such policy", live: noPolicyHtml(asked) };
};

export const drawDeployments: Draw = async (context, _request, viewer) => {
  const views = await viewsFor(context, viewer);
  return {
    status: 200,
    pageContext: pageContextFor(context, viewer, "/deployments"),
    title: "Deployments",
    live: deploymentsHtml(await views.deployments()),
  };
};

export const drawTimeline: Draw = async (context, request, viewer) => {
  const id = param(request, "id");
  const pageContext = pageContextFor(context, viewer, timelineAddress(id));
  const views = await viewsFor(context, viewer);
  const range = readRange(queryOf(request), pageContext.now);
  const found = await views.timeline(id, range.asked);
  if (!found) {
    const live = html`<div class="prose"><h1>No such deployment</h1><p>Nothing that you may read is about “${pageText(id)}”. <a href="/deployments">All deployments</a></p></div>`;
    return { status: 404, pageContext, title: "No such deployment", live };
  }
  const live = timelineHtml(found, { range, pageContext });
  return {
    status: range.problems.length > 0 ? 400 : 200,
    pageContext,
    title: `${found.name} over time`,
    live,
  };
};
