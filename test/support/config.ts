import { type Config, readConfig } from "../../src/config.ts";

/** The configuration of an environment; throws where it is refused. */
export function configOf(env: Readonly<Record<string, string>> = {}): Config {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.config;
}

/** Why an environment is refused; none where it is not. */
export function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  const read = readConfig(env);
  return read.ok ? [] : read.problems;
}
