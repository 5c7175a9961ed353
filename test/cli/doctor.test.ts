import { expect, test } from "vitest";
import type { DoctorFinding } from "../../src/app/ports.ts";
import { doctor } from "../../src/cli/doctor.ts";
import { start, tokens } from "../http/start.ts";

/** `holdpoint doctor` and GET /v1/doctor, over a real server. */

const ok: DoctorFinding = { is: "ok", what: "Slack takes the token.", fix: "" };
const warning: DoctorFinding = {
  is: "warning",
  what: "The token has the scope files:write.",
  fix: "Remove it.",
};
const wrong: DoctorFinding = {
  is: "wrong",
  what: "The Slack account of Chidi Lindt is deactivated.",
  fix: "Name somebody else.",
};

const serverThatFinds = (findings: readonly DoctorFinding[]) =>
  start({
    operator: {
      policy: async () => null,
      adopt: async () => ({ is: "invalid", problems: [] }),
      loginLink: async () => ({ unknown: true, nearest: [] }),
      doctor: async () => findings,
      backtest: async () => null,
      coverage: async () => null,
      restored: async () => ({ is: "refused" as const, told: "" }),
      rotateKey: async () => ({ is: "refused" as const, told: "" }),
      rehearse: async () => ({ is: "unknown", told: "" }),
    },
  });

async function asking(url: string, token: string | null = tokens.operator) {
  const lines: string[] = [];
  const errors: string[] = [];
  const io = { out: (line: string) => lines.push(line), err: (line: string) => errors.push(line) };
  const exit = await doctor({ url, token }, io);
  return { exit, lines, errors };
}

test("what is wrong is printed with what to do, and the exit says so", async () => {
  const { url } = await serverThatFinds([ok, warning, wrong]);

  expect(await asking(url)).toEqual({
    exit: 1,
    lines: [
      "✔ Slack takes the token.",
      "! The token has the scope files:write.",
      "  → Remove it.",
      "✘ The Slack account of Chidi Lindt is deactivated.",
      "  → Name somebody else.",
      "1 error, 1 warning, 1 passed.",
    ],
    errors: [],
  });
});

test.each([
  [[ok], "No problems found."],
  [[ok, warning], "0 errors, 1 warning, 1 passed."],
])("without anything wrong the exit is 0", async (findings, last) => {
  const { url } = await serverThatFinds(findings);

  const { exit, lines } = await asking(url);

  expect(exit).toBe(0);
  expect(lines.at(-1)).toBe(last);
});

test("a server without Slack says so, and nothing is wrong with that", async () => {
  const { url } = await serverThatFinds([]);

  const { exit, lines } = await asking(url);

  expect(exit).toBe(0);
  expect(lines).toEqual([expect.stringContaining("No chat is configured")]);
});

test("a name from a workspace cannot move the terminal's cursor", async () => {
  const { url } = await serverThatFinds([{ ...ok, what: "Acme\u001b[2J\nSlack" }]);

  const { lines } = await asking(url);

  expect(lines[0]).toBe("✔ Acme [2J Slack");
});

test("a server that is not there is a fault and no finding", async () => {
  const { exit, lines, errors } = await asking("http://127.0.0.1:1");

  expect({ exit, lines }).toEqual({ exit: 2, lines: [] });
  expect(errors).toEqual([expect.stringContaining("could not be reached")]);
});

test.each([null, tokens.auditor, tokens.gateway])(
  "the token %j is not enough: what is wrong with whom is for the operator",
  async (token) => {
    const { url } = await serverThatFinds([wrong]);

    const { exit, lines, errors } = await asking(url, token);

    expect({ exit, lines }).toEqual({ exit: 2, lines: [] });
    expect(errors.join()).toContain("HOLDPOINT_OPERATOR_TOKEN");
  },
);
