import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { authOf, secretsOf } from "../../src/core/policy/source-auth.ts";
import { readPolicyText } from "../../src/policy-file.ts";

/** What the pages of the senders tell people to write is what the program reads. */

const example = readFileSync("policy.example.yaml", "utf8");

test.each(["datadog", "grafana", "langfuse", "pagerduty"])(
  "the policy on the page about %s is valid",
  (name) => {
    const page = readFileSync(`docs/sources/${name}.md`, "utf8");
    const [, written = ""] = /^ {4}# policy\n([\s\S]*?)\n\n/m.exec(page) ?? [];
    const [, source = ""] = /^ {4}sources:\n([\s\S]*)/m.exec(written) ?? [];
    const yaml = example.replace(
      /^sources:.*\n/m,
      (line) => `${line}${source.replace(/^ {4}/gm, "")}\n`,
    );

    const read = readPolicyText("policy", yaml);

    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const added = read.doc.sources[name];
    if (!added) throw new Error("the page's source is not there");
    expect(added.type).toBe(name);
    expect(secretsOf(authOf(added))).toEqual([
      { is: "text", reference: expect.stringMatching(/^env:[A-Z]+_WEBHOOK_(?:SECRET|TOKEN)$/) },
    ]);
  },
);

test("the person on PagerDuty's page has an account that the policy reads", () => {
  const page = readFileSync("docs/sources/pagerduty.md", "utf8");
  const [, line = ""] = /^ {6}(bob: .*)$/m.exec(page) ?? [];
  const account: unknown = parse(line).bob.pagerduty;
  const yaml = example.replace("slack: U0BOB00001", `slack: U0BOB00001, pagerduty: ${account}`);

  expect(readPolicyText("policy", yaml)).toMatchObject({
    ok: true,
    doc: { people: { bob: { pagerduty: "PDBOB01" } } },
  });
});
