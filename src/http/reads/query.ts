import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { unknownValue } from "../../core/filters.ts";
import { refuse } from "../problem.ts";

const instant = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-11-23T09:00:00Z" })
  .transform((text) => Date.parse(text))
  .nullable()
  .default(null);
/** A repeated parameter arrives as a list, and only one of its values could count. */
const once = "must be given once";
const name = z.string(once).min(1, "is empty").max(300, "is too long").nullable().default(null);
const whole = (text: z.ZodString) => text.transform(Number);
const page = {
  limit: whole(z.string().regex(/^(?:[1-9]|[1-9]\d|1\d\d|200)$/, "must be from 1 to 200")).default(
    50,
  ),
  cursor: whole(z.string().regex(/^[1-9]\d{0,14}$/, "must be the `next` of an earlier page"))
    .nullable()
    .default(null),
};

/**
 * The parameters of each read route. An unknown parameter is an error, since a misspelt filter
 * would return everything.
 */
export const deploymentQuery = z.strictObject({
  at: instant,
  /** Seconds to wait for an answer that differs from the one in If-None-Match. */
  wait: whole(z.string().regex(/^(?:\d|[1-5]\d|60)$/, "must be seconds, from 0 to 60")).default(0),
});
export const escalationQuery = z.strictObject({
  ...page,
  status: z
    .enum(["open", "settled", "closed"], "must be open, settled or closed")
    .nullable()
    .default(null),
  deployment: name,
});
/** For routes without parameters. */
export const noQuery = z.strictObject({});
export const decisionQuery = z.strictObject({
  ...page,
  deployment: name,
  actor: name,
  kind: name,
  trigger: name,
  escalation: name,
  since: instant,
  until: instant,
});

/** The parameters, or null after answering 400 with every mistake in them. */
export function readQuery<T>(
  schema: z.ZodType<T>,
  request: FastifyRequest,
  reply: FastifyReply,
): T | null {
  const read = schema.safeParse(request.query);
  if (read.success) return read.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const errors = read.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownValue("filter", key, known))
      : `${issue.path.join(".")} ${issue.message}`.trim(),
  );
  void refuseQuestion(reply, errors);
  return null;
}

/** Answers 400 with every mistake in the parameters. */
export function refuseQuestion(reply: FastifyReply, errors: readonly string[]): FastifyReply {
  return refuse(reply, {
    status: 400,
    detail: `The question has mistakes: ${errors.join("; ")}.`,
    more: { errors },
  });
}
