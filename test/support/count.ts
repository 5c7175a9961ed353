import { readFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * `npm run test:count -- <list>…`: counts what the tests cover, by the names that `npx vitest list
 * --json=<list>` wrote, one column for each list, so that a restructured suite can be compared with
 * the one before. A name counts once, on however many databases it runs; it may count for several
 * promises. Exit 1 = a count of the last list is below the first's.
 */

interface Listed {
  readonly name: string;
  readonly file: string;
}

/** What is counted: files, or words in a test's name. */
const counted: Readonly<Record<string, RegExp>> = {
  "P1 a webhook answered 2xx is never lost":
    /^test\/(?:app\/intake|http\/(?:webhooks|cloudevents)|db\/(?:queues|crash|doubt))|\b(?:lost|unaccounted|deliver(?:y|ies))\b/,
  "P2 a decision confirmed to a person is in the log":
    /^test\/db\/(?:commit|crash|doubt|faults)|told the truth|one decision|acknowledged commit|recorded/,
  "P3 nobody decides without authority":
    /^test\/core\/(?:[\w-]+\/)*(?:authority-matrix|identity|accounts|chain)|authority|cannot resume|stranger|may not|impersonat/,
  "P4 one live card per escalation": /one card|cards?\b.*\b(?:same|twice|edited|newest)/,
  "P5 the card says who decides, and until when": /who (?:may )?decides?|until when|decider/,
  "P6 a refusal says why, and who can": /refus|told who can|who can/,
  "P7 every decision is asked again, each reminder once":
    /^test\/core\/(?:[\w-]+\/)*(?:reassessment|due-view|time|typed-dates)|remind|reassess|overdue/,
  "P8 nothing happens off the record":
    /^test\/core\/log\/|^test\/db\/log|^test\/stories\/record|verif|tamper|record/,
  "P9 restricting is easier; nothing widens by itself":
    /^test\/core\/(?:[\w-]+\/)*(?:any-sequence|resume|undo)|widen|resume|narrower/,
  "P10 when nobody decides, the written words happen":
    /nobody (?:decides|answers|has seen)|in time|written (?:rule|response)|deadline/,
  "P11 agents submit evidence, never decide":
    /agent|service|gateway token|only people|not-a-person/,
  "P12 a card never says more than is known":
    /^test\/core\/(?:[\w-]+\/)*enforcement|not confirmed|never says|truth|indeterminate|not known/,
  "authority rows": /^test\/core\/(?:[\w-]+\/)*authority-matrix/,
  "fault points":
    /may (?:fail|be)\b.*|wherever the connection breaks|killed|breaks? at|^test\/db\/(?:faults|crash|doubt)/,
  "hostile cases":
    /hostile|escaping|hostile-bytes|request-check|vendor-signatures|tokens\.test|forged/,
  "all tests": /^/,
};

const onDatabase = /(?:^| > )on (?:pglite|postgres)(?= > )/;

/** The tests of a list, each once: file and name without the database. */
function testsIn(path: string): ReadonlySet<string> {
  const listed: readonly Listed[] = JSON.parse(readFileSync(path, "utf8"));
  return new Set(
    listed.map(({ file, name }) => {
      const place = relative(process.cwd(), file).replace(/^.*?(?=test\/)/, "");
      return `${place} ${name.replace(onDatabase, "")}`;
    }),
  );
}

const lists = process.argv.slice(2).map(testsIn);
const rows = Object.entries(counted).map(([what, about]) => ({
  what,
  counts: lists.map((tests) => [...tests].filter((name) => about.test(name)).length),
}));
const lines = [
  `| what |${lists.map((_, at) => ` ${process.argv[at + 2]} |`).join("")}`,
  `|---|${lists.map(() => "---|").join("")}`,
  ...rows.map(({ what, counts }) => `| ${what} | ${counts.join(" | ")} |`),
];
process.stdout.write(`${lines.join("\n")}\n`);
const fewer = rows.filter(({ counts }) => (counts.at(-1) ?? 0) < (counts[0] ?? 0));
if (fewer.length > 0) {
  process.stderr.write(`Fewer than before: ${fewer.map(({ what }) => what).join(", ")}\n`);
  process.exitCode = 1;
}
