import { STATUS_CODES } from "node:http";
import type { FastifyReply } from "fastify";

/** An error for people and programs (RFC 9457). */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Every mistake of a document that was sent. */
  readonly errors?: readonly string[];
  /** The reference of the error in our log. */
  readonly reference?: string;
}

/** Media type of every error. */
export const problemType = "application/problem+json; charset=utf-8";

/** The body of an error: always the same members, in the same order. */
export function problem(
  status: number,
  detail: string,
  more: Pick<Problem, "errors" | "reference"> = {},
): Problem {
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    ...more,
  };
}

/** Answers a request with an error. */
export function refuse(
  reply: FastifyReply,
  {
    status,
    detail,
    more = {},
  }: {
    readonly status: number;
    readonly detail: string;
    readonly more?: Pick<Problem, "errors" | "reference"> | undefined;
  },
): FastifyReply {
  return reply
    .code(status)
    .header("content-type", problemType)
    .send(JSON.stringify(problem(status, detail, more)));
}
