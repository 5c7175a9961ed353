import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compileCondition } from "../../src/core/policy/condition.ts";
import { signalFields } from "../../src/core/policy/condition-facts.ts";
import { contextOf } from "../../src/core/policy/source-context.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { compiledOf } from "../core/policy/compiled.ts";

/** docs/policy.md and the files it speaks of, held to each other. */

const page = readFileSync("docs/policy.md", "utf8");
const policy = compiledOf(readFileSync("policy.example.yaml", "utf8"));

/** Rows of the page's table under a header, without the marks of code. */
function rowsUnder(header: string): readonly (readonly string[])[] {
  const lines = page.split("\n");
  const rest = lines.slice(lines.indexOf(header) + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

/** The triggers of the example that a sample meets, sent to a source. */
function firedBy(file: string, source: string): readonly string[] {
  const it = policy.sources.get(source)!;
  const contentType = file.startsWith("cloudevents")
    ? "application/cloudevents+json"
    : "application/json";
  const context = contextOf(it, { receivedAt: 0, contentType, attributes: {} });
  const parsed = parseDelivery(it.type, readFileSync(`examples/signals/${file}`), context);
  if ("unmapped" in parsed) throw new Error(parsed.unmapped);
  return parsed.mapped.flatMap(({ signal }) =>
    [...policy.triggers.values()]
      .filter((trigger) => trigger.deployments.includes(signal.deployment))
      .filter((trigger) => trigger.evaluate(signal).is !== "quiet")
      .map(({ id }) => id),
  );
}

describe("the page about the policy", () => {
  const samples = rowsUnder("| sample | source | trigger |");

  test("names every sample in examples/signals", () => {
    expect(samples.map(([file]) => file)).toEqual(readdirSync("examples/signals").sort());
  });

  test.each(samples)("is right that %s, sent to %s, meets %s", (file, source, trigger) => {
    const named = [...policy.triggers.keys()].filter((id) => trigger === id);

    expect(firedBy(file ?? "", source ?? "")).toEqual(named);
  });

  test("names every field that a condition can see", () => {
    const fields = rowsUnder("| field | is |").flatMap(([names = ""]) => names.split(" "));
    const samplesOf = ["samples.completed", "samples.total"];
    const seen = Object.keys(signalFields).flatMap((name) =>
      name === "samples" ? samplesOf : name,
    );

    expect([...fields].sort()).toEqual([...seen].sort());
  });

  test("shows only conditions that are taken", () => {
    const shown = [
      ...page.matchAll(/^ {4}(signal\..*)$|`((?:"\w+" in |has\()signal\.[^`]*)`/gm),
    ].map(([, block, inline]) => block ?? inline ?? "");

    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter((source) => "problems" in compileCondition(source))).toEqual([]);
  });

  test("names every key that a policy can have, down to those of a deployment", () => {
    const node: z.ZodType<Node> = z.lazy(() =>
      z.object({
        properties: z.record(z.string(), node).optional(),
        additionalProperties: z.union([node, z.boolean()]).optional(),
      }),
    );
    const keys = new Set<string>();
    const gather = ({ properties = {}, additionalProperties }: Node): void => {
      for (const [key, value] of Object.entries(properties)) {
        keys.add(key);
        gather(value);
      }
      if (typeof additionalProperties === "object") gather(additionalProperties);
    };
    gather(node.parse(JSON.parse(readFileSync("docs/policy.schema.json", "utf8"))));
    const text = `${page}\n${readFileSync("policy.example.yaml", "utf8")}`;

    expect(keys.size).toBeGreaterThan(50);
    expect([...keys].filter((key) => !text.includes(key))).toEqual([]);
  });
});

interface Node {
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly additionalProperties?: Node | boolean | undefined;
}
