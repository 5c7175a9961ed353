import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { createAccess } from "../access.ts";
import type { Operator } from "../ports.ts";
import { refuse } from "../problem.ts";
import { bodyOf } from "../webhooks.ts";
import { jsonOf } from "./json-body.ts";

const reasonRequest = z.strictObject({ because: z.string().regex(/\S/).max(4_000) });
const rotationRequest = reasonRequest.extend({ distrusted: z.int().min(0).optional() });

/** POST /v1/log/restored, POST /v1/log/rotate-key: what an operator does to the log itself. */
export function logChangeRoutes(
  app: FastifyInstance,
  operator: Pick<Operator, "restored" | "rotateKey">,
  access: ReturnType<typeof createAccess>,
): void {
  app.post("/v1/log/restored", { onRequest: access.operator }, async (request, reply) => {
    const asked = reasonRequest.safeParse(jsonOf(bodyOf(request)));
    if (!asked.success)
      return refuse(reply, { status: 400, detail: 'Send {"because": "…"}: why it was restored.' });
    const { is, told } = await operator.restored(asked.data.because);
    if (is === "refused") return refuse(reply, { status: 409, detail: told });
    return reply.code(is === "recorded" ? 201 : 200).send({ is, told });
  });

  app.post("/v1/log/rotate-key", { onRequest: access.operator }, async (request, reply) => {
    const asked = rotationRequest.safeParse(jsonOf(bodyOf(request)));
    if (!asked.success) {
      const detail =
        'Send {"because": "…"}: why the key is replaced; after a theft also "distrusted", the number of entries up to which its checkpoints are surely yours.';
      return refuse(reply, { status: 400, detail });
    }
    const { because, distrusted = null } = asked.data;
    const { is, told } = await operator.rotateKey(because, distrusted);
    if (is === "refused") return refuse(reply, { status: 409, detail: told });
    return reply.code(201).send({ is, told });
  });
}
