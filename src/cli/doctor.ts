import { z } from "zod";
import { storable } from "../core/text.ts";
import { many } from "./arguments.ts";
import { ask, type ClientResult, type ServerAddress } from "./operator-client.ts";

const findingsBody = z.object({
  findings: z.array(
    z.object({
      is: z.enum(["ok", "warning", "wrong"]),
      what: z.string(),
      fix: z.string(),
    }),
  ),
});

type Finding = z.infer<typeof findingsBody>["findings"][number];

const marks: Readonly<Record<Finding["is"], string>> = { ok: "✔", warning: "!", wrong: "✘" };

/**
 * Prints what the running server's doctor finds, with what to do. Exit code 0 nothing wrong, 1
 * something wrong, 2 the server could not be asked.
 */
export async function doctor(
  server: ServerAddress,
  io: { readonly out: (line: string) => void; readonly err: (line: string) => void },
): Promise<0 | 1 | 2> {
  const asked: ClientResult<z.infer<typeof findingsBody>> = await ask(server, {
    path: "/v1/doctor",
    init: {},
    schema: findingsBody,
  });
  if (!asked.ok) {
    io.err(asked.because);
    return 2;
  }
  const { findings } = asked.value;
  if (findings.length === 0) {
    io.out(
      "No chat is configured, so there is nothing to check. Set SLACK_BOT_TOKEN or MICROSOFT_APP_ID.",
    );
    return 0;
  }
  for (const finding of findings) for (const line of linesOf(finding)) io.out(line);
  io.out(summaryOf(findings));
  return findings.some(({ is }) => is === "wrong") ? 1 : 0;
}

/** Names come from a workspace, and must not contain control sequences for the terminal. */
const linesOf = ({ is, what, fix }: Finding): readonly string[] => [
  `${marks[is]} ${storable(what)}`,
  ...(fix === "" ? [] : [`  → ${storable(fix)}`]),
];

function summaryOf(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ is }) => is === "wrong").length;
  const warnings = findings.filter(({ is }) => is === "warning").length;
  if (wrong + warnings === 0) return "No problems found.";
  return `${many(wrong, "error")}, ${many(warnings, "warning")}, ${findings.length - wrong - warnings} passed.`;
}
