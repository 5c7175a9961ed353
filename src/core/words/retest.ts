import { type Line, line, type Part } from "./line.ts";

/** The words of re-tests and of what watches. Part of the words of words.ts. */

const seesTo = (who: Line | null): Line => (who === null ? [] : [" (", ...who, ")"]);

/** "Re-test: jailbreak by Fri 10:00 (Erin Sato)", on the card until it has come. */
export function waits(suite: Part, due: Part | null, who: Line | null): Line {
  return due === null
    ? line`Re-test: the next complete run of ${suite}${seesTo(who)}`
    : line`Re-test: ${suite} by ${due}${seesTo(who)}`;
}

function partialWords(was: "incomplete" | "errored", samples: string): string {
  if (was === "errored") return "failed";
  return samples === "" ? "was not complete" : `stopped at ${samples} samples`;
}

/** "; a run at 11:02 stopped at 120 of 200 samples" */
export function partial(was: "incomplete" | "errored", at: Part, samples: string): Line {
  return line`; a run at ${at} ${partialWords(was, samples)} and does not count`;
}

/** Beside a question that is asked again. */
export function notYet(suite: Part, due: Part | null): Line {
  return due === null
    ? line`The re-test of ${suite} has not arrived yet.`
    : line`The re-test of ${suite}, due ${due}, has not arrived yet.`;
}

/** The date is over. */
export function missed(suite: Part, due: Part, who: Line | null): Line {
  return line`Re-test: no complete run of ${suite} by ${due}${seesTo(who)}`;
}

/**
 * "Re-test of jailbreak, 11:42: attack_success mean 0.021 ± 0.004 (200 of 200 samples, aurora-3)"
 */
export function result(suite: Part, at: Part, figures: Line): Line {
  return line`Re-test of ${suite}, ${at}: ${figures}`;
}

/** "attack_success mean 0.021 ± 0.004" */
export function figure(name: Part, value: string, stderr: string): Line {
  return stderr === "" ? line`${name} ${value}` : line`${name} ${value} ± ${stderr}`;
}

export const noFigures = "complete, without figures";

export function andMore(count: number): string {
  return ` and ${count} more`;
}

/** " (200 of 200 samples, aurora-3)" */
export function circumstances(samples: string, model: Part | null): Line {
  if (samples === "" && model === null) return [];
  const counted = samples === "" ? "" : `${samples} samples`;
  if (model === null) return [` (${counted})`];
  return [` (${counted}${counted === "" ? "" : ", "}`, model, ")"];
}

interface PartialRun {
  readonly was: "incomplete" | "errored";
  readonly samples: string;
}

/** A run that somebody asked for; `who` sees to it. */
interface AwaitedRun {
  readonly name: string;
  readonly suite: Part;
  readonly due: Part;
  readonly who: Line | null;
}

/** What a thread is told. */
export const said = {
  complete: (name: string, suite: Part, figures: Line): Line =>
    line`${name}: the re-test of ${suite} is complete: ${figures}.`,
  partial: (name: string, suite: Part, run: PartialRun): Line =>
    line`${name}: a run of ${suite} ${partialWords(run.was, run.samples)}. The re-test still waits for a complete one.`,
  reminded: ({ name, suite, due, who }: AwaitedRun): Line =>
    line`${name}: ${suite} is to be run again by ${due}${who === null ? [] : [", ", ...who]}.`,
  missed: ({ name, suite, due, who }: AwaitedRun): Line =>
    line`${name}: no complete run of ${suite} arrived by ${due}${who === null ? [] : [". ", ...who, " was responsible"]}.`,
};

/** What whoever asked for it is told at once. */
export const answers = {
  waits: (suite: string, who: string | null, due: string | null): string =>
    `The next complete run of ${suite} will be reported here${due === null ? "" : `; if none arrives by ${due}, that is a signal`}.${who === null ? "" : ` ${who} is responsible.`}`,
  noSuite: "No suite was named, so no run is awaited.",
};

/** What watches from now on. */
export const monitoring = {
  rule: (name: string): Line => line`Monitoring: rule ${{ untrusted: name }}`,
  source: (name: string): Line => line`Monitoring: source ${{ untrusted: name }}`,
  words: (text: string): Line => line`Monitoring: “${{ untrusted: text }}”`,
  nothing: (): Line => line`No rule watches this yet`,
};
