import { readFile } from "node:fs/promises";
import { problemLine, readPolicyText } from "../policy-file.ts";

/** Checks a policy file offline and says every mistake with its place. Answers 0 ok, 1 wrong, 2 unreadable. */
export const policyCheck = async (
  argv: readonly string[],
  io: { readonly out: (line: string) => void },
): Promise<0 | 1 | 2> => {
  const file = argv[0] ?? "./policy.example.yaml";
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    io.out(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  const read = readPolicyText(file, text);
  for (const problem of read.ok ? read.warnings : read.problems) io.out(problemLine(problem));
  if (!read.ok) return 1;
  const { deployments, triggers, people, sources } = read.doc;
  const counts = [
    [deployments, "deployment"],
    [triggers, "trigger"],
    [people, "person"],
    [sources, "source"],
  ] as const;
  io.out(
    `${file} is good: ${counts.map(([all, name]) => many(Object.keys(all).length, name)).join(", ")}.`,
  );
  return 0;
};

const many = (count: number, name: string): string =>
  `${count} ${count === 1 ? name : name === "person" ? "people" : `${name}s`}`;
