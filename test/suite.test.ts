import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What could differ between the two databases: these alone run on both. */
const onBoth = [/^test\/db\//, /^test\/stories\/(?:spine|record|faults|process|clocks)\.test\.ts$/];

const files = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/${name}`);

/** What a test file asks for that its place does not allow. */
const problems = (file: string, text: string): readonly string[] => [
  ...(/\beachDatabase\(/.test(text) && !onBoth.some((place) => place.test(file))
    ? [`${file}: a story runs on one database: oneDatabase, not eachDatabase`]
    : []),
  ...(/freshStore|openWorld|open(?:Slack|Teams|Both)World/.test(text) &&
  !/^test\/(?:db|main|stories)\//.test(file)
    ? [`${file}: what opens a database belongs into test/stories or test/db`]
    : []),
];

test("stories run on one database, and what has a database is where one is started", () => {
  const found = files
    .filter((file) => file !== "test/suite.test.ts")
    .flatMap((file) => problems(file, readFileSync(file, "utf8")));

  expect(found).toEqual([]);
});

test("a story on both databases, or with a database in the wrong place, would be found", () => {
  expect(problems("test/stories/teams.test.ts", "eachDatabase((kind) => {")).toHaveLength(1);
  expect(
    problems("test/core/people/authority-chain.test.ts", 'openWorld("postgres")'),
  ).toHaveLength(1);
  expect(problems("test/db/log.test.ts", "eachDatabase((kind) => freshStore(kind)")).toEqual([]);
});
