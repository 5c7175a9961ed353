import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";

const { bin } = z
  .object({ bin: z.object({ holdpoint: z.string() }) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));

test("the bin that package.json names runs as it is", () => {
  const said = execFileSync(`./${bin.holdpoint}`, ["help"], { encoding: "utf8" });

  expect(said).toContain("npm run holdpoint -- <command>");
});
