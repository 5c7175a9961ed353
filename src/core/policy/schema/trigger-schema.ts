import { z } from "zod";
import { authorityChange, personKey } from "./authority-schema.ts";
import { says, severity, some, words } from "./field-schemas.ts";
import { memory } from "./memory-schema.ts";

/** A trigger: what requires a decision, and what was written down for it beforehand. */

const retestPart = z.strictObject({
  retest: z.strictObject({
    suite: words.max(100, says("must be at most 100 characters")).describe("Name of the eval"),
    by: personKey.describe("Who is to run it").optional(),
    within: some.describe("By when").optional(),
  }),
});

const monitorPart = z.strictObject({
  monitor: words.max(200, says("must be at most 200 characters")).describe("What to watch"),
});

const responsePart = z.union(
  [
    z.enum(["retest", "monitor", "pause"]),
    z.strictObject({
      narrow: z.string().describe("A scope, or next for one narrower than what is in force then"),
    }),
    retestPart,
    monitorPart,
  ],
  says(
    "must be retest, monitor, pause, { narrow: <scope> }, { retest: { suite: … } } or { monitor: … }",
  ),
);

const response = z
  .union(
    [
      responsePart,
      z
        .array(responsePart)
        .min(1, says("must name at least one response"))
        .max(8, says("must be at most 8")),
    ],
    says(
      "must be retest, monitor, pause, { narrow: <scope> }, { retest: { suite: … } }, { monitor: … } or a list of them",
    ),
  )
  .describe("The predefined response, or a list that is applied in order");

const methods = [
  "adversarial-testing",
  "monitoring",
  "incident-review",
  "interpretability",
  "behavioural-audit",
  "targeted-eval",
  "user-report",
  "theory",
] as const;

const unit = z
  .string()
  .regex(/^[^\s\d.,-][^\d]{0,19}$/u, says("must be percent, or a short word like ms"))
  .describe(
    "percent: values are fractions of one, so 0.05 is shown as 5 %; otherwise the unit to show, e.g. ms",
  );

export const trigger = z.strictObject({
  deployments: z.array(z.string()).min(1, says("must name at least one deployment")),
  method: z.enum(methods).describe("Line of evidence"),
  when: z
    .string()
    .min(1, says("must not be empty"))
    .max(4_000)
    .describe('A CEL condition over signal.*, e.g. signal.kind == "alert"')
    .optional(),
  ...memory,
  severity,
  authority: authorityChange.optional(),
  response,
  acknowledgeWithin: some.optional(),
  decideWithin: some.optional(),
  onTimeout: z
    .enum(["respond", "pass"])
    .describe(
      "respond: the predefined response, by policy; pass: name the next deputy, then respond",
    )
    .optional(),
  act: z
    .enum(["first"])
    .describe("first: the response is applied at once, by policy, and then people are asked")
    .optional(),
  worseBy: z
    .number()
    .positive(says("must be more than 0"))
    .describe(
      "How much worse than when it was kept, monitored or re-tested a value is asked about again, in the value's own terms; default: half as far again from the limit",
    )
    .optional(),
  title: words
    .max(60, says("must be at most 60 characters"))
    .describe("The name of what it measures, e.g. Jailbreak success; default: the sender's names")
    .optional(),
  unit: unit.optional(),
  runbook: z
    .url({
      protocol: /^https?$/,
      ...says("must be an address like https://runbooks.example.com/x"),
    })
    .max(500, says("must be at most 500 characters"))
    .describe("What to follow: a link on the first screen of the card")
    .optional(),
  steps: z
    .array(words.max(200, says("must be at most 200 characters")))
    .min(1, says("must name at least one step"))
    .max(15, says("must be at most 15 steps"))
    .describe("What people do besides, in order; on the card behind More…")
    .optional(),
  shadow: z
    .literal(true, says("must be true, or be left out"))
    .describe("Only evaluated and recorded: it opens nothing and asks nobody")
    .optional(),
  because: words.describe("The reason, as shown on the card"),
});
