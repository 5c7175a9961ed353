import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { refuse } from "./problem.ts";

const instant = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-11-23T09:00:00Z" })
  .transform((text) => Date.parse(text))
  .nullable()
  .default(null);
const name = z.string().min(1).max(300).nullable().default(null);
const whole = (text: z.ZodString) => text.transform(Number);
const page = {
  limit: whole(z.string().regex(/^(?:[1-9]|[1-9]\d|1\d\d|200)$/, "must be from 1 to 200")).default(
    50,
  ),
  cursor: whole(z.string().regex(/^\d{1,15}$/, "must be the `next` of an earlier page"))
    .nullable()
    .default(null),
};

/** Questions of each read route; a parameter it does not know is a mistake, for a misspelt filter would answer everything. */
export const deploymentQuery = z.strictObject({
  at: instant,
  /** Seconds to wait for an answer that differs from the one in If-None-Match. */
  wait: whole(z.string().regex(/^(?:\d|[1-5]\d|60)$/, "must be seconds, from 0 to 60")).default(0),
});
export const escalationQuery = z.strictObject({
  ...page,
  status: z.enum(["open", "settled", "closed"]).nullable().default(null),
  deployment: name,
});
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

/** The question asked, or null after answering 400 with every mistake in it. */
export const readQuery = <T>(
  schema: z.ZodType<T>,
  request: FastifyRequest,
  reply: FastifyReply,
): T | null => {
  const read = schema.safeParse(request.query);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) =>
    `${path.join(".")} ${message}`.trim(),
  );
  void refuse(reply, 400, "The question has mistakes.", { errors });
  return null;
};
