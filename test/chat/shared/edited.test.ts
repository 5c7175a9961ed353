import { expect, test } from "vitest";
import { deedOf } from "../../../src/chat/shared/edited.ts";

test("another reason, in whatever marks, is no other command", () => {
  const lines = [
    "pause agents-eu because it lies",
    "Pause  agents-eu, because it leaks",
    "pause agents-eu *because* it lies and leaks",
    "pause agents-eu\nbecause it lies",
    "pause agents-eu",
  ];

  expect(new Set(lines.map(deedOf)).size).toBe(1);
  expect(deedOf("pause agents-us because it lies")).not.toBe(deedOf(lines[0] ?? ""));
});
