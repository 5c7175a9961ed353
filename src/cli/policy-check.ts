import { readFile } from "node:fs/promises";
import { partWords, responseParts } from "../core/policy/compile-trigger.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { problemLine, type ReadPolicyText, readPolicyText } from "../policy-file.ts";
import { many } from "./arguments.ts";
import { errorText } from "./error-text.ts";
import type { ClientResult } from "./operator-client.ts";
import type { Coverage } from "./policy-coverage.ts";

interface Io {
  readonly out: (line: string) => void;
  /** Asks the running server which triggers and sources never received data. */
  readonly coverage: () => Promise<ClientResult<Coverage>>;
}

const flag = "--server";

/**
 * Checks a policy file and prints every mistake with its place, or what a valid one contains.
 * Offline, unless `--server` asks the running server too. Exit code 0 valid, 1 wrong, 2 unreadable.
 */
export async function policyCheck(argv: readonly string[], io: Io): Promise<0 | 1 | 2> {
  const [file = "./policy.example.yaml", ...more] = argv.filter((argument) => argument !== flag);
  if (more.length > 0 || file.startsWith("--")) {
    io.out("usage: holdpoint policy check [file] [--server], one file at a time");
    return 2;
  }
  const text = await textOf(file);
  if ("unreadable" in text) {
    io.out(`${file} cannot be read: ${text.unreadable}`);
    return 2;
  }
  const offline = readPolicyText(file, text.text);
  if (!offline.ok || !argv.includes(flag)) return told(io, { file, read: offline, asked: false });
  const found = await io.coverage();
  if (!found.ok) {
    io.out(`${found.because} ${file} was not compared with the server's data.`);
    return 2;
  }
  const { coverageFindings } = await import("./policy-coverage.ts");
  const known = coverageFindings(offline.doc, found.value);
  return told(io, { file, read: readPolicyText(file, text.text, known), asked: true });
}

async function textOf(
  file: string,
): Promise<{ readonly text: string } | { readonly unreadable: string }> {
  try {
    return { text: await readFile(file, "utf8") };
  } catch (error) {
    return { unreadable: errorText(error) };
  }
}

function told(
  io: Io,
  {
    file,
    read,
    asked,
  }: { readonly file: string; readonly read: ReadPolicyText; readonly asked: boolean },
): 0 | 1 {
  for (const problem of read.ok ? read.warnings : read.problems) io.out(problemLine(problem));
  if (!read.ok) {
    const errors = read.problems.filter(({ level }) => level === "error").length;
    io.out(`${file} cannot be used: ${many(errors, "mistake")}.`);
    return 1;
  }
  for (const line of summaryOf(read.doc)) io.out(line);
  if (!asked)
    io.out(
      `the server was not asked; ${flag} also lists triggers and sources that never received data`,
    );
  const doubts = read.warnings.length > 0 ? `, with ${many(read.warnings.length, "warning")}` : "";
  io.out(`${file} is good${doubts}.`);
  return 0;
}

const summaryOf = ({ deployments, triggers, people, sources }: PolicyDoc): readonly string[] => [
  ...Object.entries(deployments).map(
    ([id, { name, scopes, starts }]) =>
      `deployment ${id}: ${name}, starts ${starts}, may be narrowed from ${[...Object.keys(scopes), "paused"].join(" to ")}`,
  ),
  ...Object.entries(triggers).map(
    ([id, { severity, response, deployments: watched }]) =>
      `trigger ${id}: ${severity}, ${responseParts(response).map(partWords).join(", ")}, on ${watched.join(", ")}`,
  ),
  `people: ${Object.keys(people).join(", ")}`,
  `sources: ${Object.keys(sources).join(", ") || "none"}`,
];
