import fc from "fast-check";
import { expect, test } from "vitest";
import { ownPath } from "../../../src/console/own-path.ts";

test.each([
  "/",
  "/history",
  "/history?deployment=assistant-prod&since=2026-11-01",
  "/ask?line=status+at+2026-11-23",
  "/log",
  "/escalations/HP-7",
  "/escalations/HP-7/record",
])("%s is a page of ours", (path) => {
  expect(ownPath(path)).toBe(path);
});

test.each([
  "",
  "//evil.example",
  "/\\evil.example",
  "/%5Cevil.example",
  "https://evil.example/",
  "https:evil.example",
  "javascript:alert(1)",
  "/escalations/HP-7/../../logout",
  "/escalations/HP-7\n",
  "/history\r\nLocation: https://evil.example",
  "/history?a=//evil.example",
  "/login/l_other",
  "/logout",
  " /history",
  "/history#@evil.example",
])("%j leads to the overview", (path) => {
  expect(ownPath(path)).toBe("/");
});

test("whatever is asked for, one stays on our site", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webPath()), (asked) => {
      const base = "https://holdpoint.example.com";
      expect(new URL(ownPath(asked), base).origin).toBe(base);
    }),
  );
});
