import { once } from "node:events";
import { expect, test } from "vitest";
import { program, scratch } from "../support/process.ts";

test("a reader that has read enough, as head -1, is no fault: no stack trace, the same exit code", async () => {
  const child = program(["log", "verify", scratch()], {});
  child.stdout.destroy();
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });

  const [code] = await once(child, "close");

  expect(said).toBe("");
  expect(code).toBe(2);
});
