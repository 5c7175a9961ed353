import type { Postgres } from "./postgres.ts";
import {
  type Env,
  type Home,
  makeHome,
  type Program,
  startBare,
  startOther,
  startProgram,
} from "./program.ts";

/** What every measurement is told. */
export interface BenchEnvironment {
  /** Null where there is no PostgreSQL: those figures are left out, and the run says so. */
  readonly postgres: Postgres | null;
  /** Fewer of everything: to see that it runs, not to be quoted. */
  readonly quick: boolean;
  readonly long: boolean;
}

export type Kind = "postgres" | "embedded";

/** Which databases there are to measure on. */
export function kindsOn({ postgres }: BenchEnvironment): readonly Kind[] {
  return postgres === null ? ["embedded"] : ["postgres", "embedded"];
}

/** A new home, over a new database. */
export async function homeOn(
  { postgres }: BenchEnvironment,
  kind: Kind,
  notifyUrl: string | null = null,
): Promise<Home> {
  return makeHome(
    kind === "embedded" ? null : ((await postgres?.freshDatabase()) ?? null),
    notifyUrl,
  );
}

/** `program` is the real one; the others are what it is compared with. */
export type Mode = "program" | "grouped" | "single" | "bare";

function begin(mode: Mode, env: Env): Promise<Program> {
  switch (mode) {
    case "program":
      return startProgram(env);
    case "bare":
      return startBare(env);
    case "grouped":
    case "single":
      return startOther(mode, env);
  }
}

interface Wanted {
  readonly mode: Mode;
  readonly kind: Kind;
  /** Who is told of each escalation. */
  readonly notifyUrl?: string;
}

/** Runs `work` against a server of its own that is gone afterwards, whatever happens. */
export async function withServer<T>(
  environment: BenchEnvironment,
  { mode, kind, notifyUrl }: Wanted,
  work: (program: Program, home: Home) => Promise<T>,
): Promise<T> {
  const home = await homeOn(environment, kind, notifyUrl ?? null);
  try {
    const program = await begin(mode, home.env);
    try {
      return await work(program, home);
    } finally {
      await program.stop();
    }
  } finally {
    home.remove();
  }
}
