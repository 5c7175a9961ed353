import type { FastifyRequest } from "fastify";
import type { PageContext } from "../forms/press.ts";
import type { Viewer } from "../viewer.ts";
import type { ViewerContext } from "../viewer-context.ts";
import type { Html } from "./html-text.ts";

/** The contents of a page; `live` is the piece that is redrawn when something changes. */
export interface Drawn {
  readonly status: 200 | 400 | 404;
  readonly pageContext: PageContext;
  readonly title: string;
  readonly live: Html;
  /** What stands below it, and is not redrawn. */
  readonly below?: Html;
}

export type Draw = (
  context: ViewerContext,
  request: FastifyRequest,
  viewer: Viewer,
) => Promise<Drawn>;
