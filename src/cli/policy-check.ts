import { readFile } from "node:fs/promises";
import type { PolicyDoc } from "../core/policy/schema.ts";
import { problemLine, readPolicyText } from "../policy-file.ts";

/** Checks a policy file offline and says every mistake with its place, or what a good one holds. Answers 0 good, 1 wrong, 2 unreadable. */
export const policyCheck = async (
  argv: readonly string[],
  io: { readonly out: (line: string) => void },
): Promise<0 | 1 | 2> => {
  const [file = "./policy.example.yaml", ...more] = argv;
  if (more.length > 0) {
    io.out("One file at a time: policy check [file].");
    return 2;
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    io.out(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  const read = readPolicyText(file, text);
  for (const problem of read.ok ? read.warnings : read.problems) io.out(problemLine(problem));
  if (!read.ok) {
    const errors = read.problems.filter(({ level }) => level === "error").length;
    io.out(`${file} cannot be used: ${many(errors, "mistake")}.`);
    return 1;
  }
  for (const line of summaryOf(read.doc)) io.out(line);
  const doubts = read.warnings.length > 0 ? `, with ${many(read.warnings.length, "warning")}` : "";
  io.out(`${file} is good${doubts}.`);
  return 0;
};

const summaryOf = ({ deployments, triggers, people, sources }: PolicyDoc): readonly string[] => [
  ...Object.entries(deployments).map(
    ([id, { name, scopes, starts }]) =>
      `deployment ${id}: ${name}, starts ${starts}, may be narrowed from ${[...Object.keys(scopes), "paused"].join(" to ")}`,
  ),
  ...Object.entries(triggers).map(
    ([id, { severity, response, deployments: watched }]) =>
      `trigger ${id}: ${severity}, ${typeof response === "string" ? response : `narrow to ${response.narrow}`}, on ${watched.join(", ")}`,
  ),
  `people: ${Object.keys(people).join(", ")}`,
  `sources: ${Object.keys(sources).join(", ") || "none"}`,
];

const many = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;
