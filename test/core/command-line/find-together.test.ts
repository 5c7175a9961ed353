import { describe, expect, test } from "vitest";
import { commands } from "../../../commands/index.ts";
import { readLine } from "../../../src/app/commands/read-line.ts";
import { togetherAnywhere, togetherFirst } from "../../../src/core/command-line/find-together.ts";

/** What names a group or a model means it however a phone writes it, and nothing else does. */

const running = (id: string, model: string) => [id, { id, model }] as const;
const policy = {
  deployments: new Map([
    running("agent-eu", "aurora-3"),
    running("agent-us", "aurora-3"),
    running("triage", "Vendor/Claude 4.5"),
    running("old", "aurora.3"),
    running("unsaid", ""),
  ]),
  groups: new Map([
    ["agents", ["agent-eu", "agent-us"]],
    ["agents-eu", ["agent-eu"]],
  ]),
} as unknown as Parameters<typeof togetherFirst>[1];

const read = (line: string) => togetherFirst(readLine(line, commands).words, policy);

describe("a group or a model is meant", () => {
  test.each([
    ["pause group:agents because it lies", "group:agents", ""],
    ["pause Group: Agents", "group:agents", ""],
    ["pause group : agents now", "group:agents", "now"],
    ["pause “group:agents” please", "group:agents", "please"],
    ["pause *group:agents*.", "group:agents", ""],
    ["stop groups:agents", "group:agents", ""],
    ["pause group agents it lies", "group:agents", "it lies"],
    ["pause group:agents–eu", "group:agents-eu", ""],
    ["narrow group:agents to internal", "group:agents", "to internal"],
    ["pause model:aurora-3 because it lies", "model:aurora-3", ""],
    ["pause model:Aurora-3", "model:aurora-3", ""],
    ["pause model:aurora.3", "model:aurora.3", ""],
    ["pause model: vendor claude 4.5 for 2h", "model:Vendor/Claude 4.5", "for 2h"],
    ["pause model:Vendor/Claude 4.5", "model:Vendor/Claude 4.5", ""],
  ])("by “%s”", (line, name, left) => {
    const meant = read(line);

    expect(meant).toMatchObject({ name });
    expect(meant && "left" in meant && meant.left.join(" ")).toBe(left);
  });

  test("anywhere, only with a colon, and only where it is one", () => {
    const words = (line: string) => readLine(line, commands).words;

    expect(togetherAnywhere(words("pause everything in group:agents now"), policy)).toMatchObject({
      name: "group:agents",
      left: ["everything", "in", "now"],
    });
    expect(togetherAnywhere(words("pause all of group agents"), policy)).toBeNull();
    expect(
      togetherAnywhere(words("pause it or group:agents or model:aurora-3"), policy),
    ).toBeNull();
  });
});

describe("what is asked back", () => {
  test.each([
    ["pause group:agnts", "group:agnts", "group:agents"],
    ["pause group:", "group:", "group:agents"],
    ["pause model:aurora3", "model:aurora3", "model:aurora-3"],
    ["pause model:aurora-9", "model:aurora-9", "model:aurora-3"],
  ])("“%s”", (line, unknown, first) => {
    expect(read(line)).toMatchObject({ unknown, nearest: expect.arrayContaining([first]) });
  });
});

test.each([
  "pause agents",
  "pause the group",
  "pause grouped",
  "pause model",
  "pause models of it",
  "",
])("“%s” names none", (line) => {
  expect(read(line)).toBeNull();
});

test.each([
  "group:".repeat(400),
  `group:${"a".repeat(3_000)}`,
  "group:__proto__",
  "model:constructor",
  "group:\u202Eagents",
])("hostile words are read quickly, and as no group or the one that is shown: %#", (name) => {
  const meant = read(`pause ${name} because x`);

  expect(meant && "name" in meant ? meant.name : "none").toMatch(/^(?:none|group:agents)$/);
});
