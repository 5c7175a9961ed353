import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, longest first. They begin, so that no core works on one of them
 * alone while the others have nothing left to do. Vitest itself goes by how long a file took the
 * last time, which a new clone does not know, and then by its size.
 */
const longest = [
  "stories/faults",
  "stories/teams-faults",
  "stories/process",
  "stories/slack-faults",
  "stories/in-each-chat",
  "stories/full-disk",
  "stories/spine",
  "stories/replicas",
  "stories/held-off",
  "stories/database-down",
  "stories/drawn-console",
  "stories/drawn-cards",
  "db/doubt",
  "stories/moved",
  "stories/parity",
  "stories/start-and-stop",
  "stories/interleaved",
  "db/migrations",
  "stories/board",
  "stories/data-modes",
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? longest.length : place;
};

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;

/** The order of the files; that of the tests in them is random. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || placeOf(a) - placeOf(b));
  }
}
