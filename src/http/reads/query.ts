import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { DecisionFilter } from "../../app/ports.ts";
import { onlyOf, unknownValue } from "../../core/filters.ts";
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
export const askQuery = z.strictObject({
  line: z.string(once).trim().min(1, "is empty").max(1_000, "is too long"),
  format: z.enum(["json", "file"], "must be json or file").default("json"),
});
/** For routes without parameters. */
export const noQuery = z.strictObject({});
const flag = z.string(once).max(300, "is too long").nullable().default(null);
export const decisionQuery = z.strictObject({
  ...page,
  deployment: name,
  actor: name,
  decider: name,
  kind: name,
  trigger: name,
  escalation: name,
  severity: name,
  model: name,
  since: instant,
  until: instant,
  denied: flag,
  deviation: flag,
  "by-policy": flag,
  breakglass: flag,
  undone: flag,
  overdue: flag,
});

/** The question that the parameters of `/v1/decisions` ask, or what is wrong with its flags. */
export function decisionsAsked(
  read: z.infer<typeof decisionQuery>,
): { readonly asked: DecisionFilter } | { readonly problems: readonly string[] } {
  const { deployment, actor, decider, kind, trigger, escalation, severity, model } = read;
  const { only, problems } = onlyOf((flagName) => read[flagName]);
  if (problems.length > 0) return { problems };
  const { since, until, limit, cursor: below } = read;
  const named = { deployment, actor, decider, kind, trigger, escalation, severity, model };
  return { asked: { ...named, only, since, until, limit, below } };
}

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
