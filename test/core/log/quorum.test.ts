import { describe, expect, test } from "vitest";
import { signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { cosign } from "../../../src/core/log/cosignature.ts";
import { sha256 } from "../../../src/core/log/merkle.ts";
import { type Quorum, readQuorum, witnessingOf } from "../../../src/core/log/quorum.ts";
import { key, origin, testWitness } from "./support.ts";

/** The auditor's file of witnesses (c2sp.org/tlog-policy). */

const witnesses = [3, 4, 5].map((n) => testWitness(`witness.test/${n}`, n));
const [a, b, c] = witnesses.map(({ vkey }) => vkey);
const three = `witness a ${a}\nwitness b ${b} https://b.test\n\n# the third\nwitness c ${c}\n`;
const checkpoint = { origin, size: 7, root: sha256(new Uint8Array()) };
const noteBy = (...by: readonly number[]): string =>
  [
    signCheckpoint(checkpoint, key),
    ...witnesses.flatMap((witness, n) =>
      by.includes(n) ? [cosign(checkpoint, { key: witness, seconds: 1 })] : [],
    ),
  ].join("");

function quorum(text: string): Quorum {
  const read = readQuorum(text);
  if (typeof read === "string") throw new Error(read);
  return read;
}

const lacking = (text: string, ...by: readonly number[]): string | null => {
  const witnessing = witnessingOf(quorum(text), noteBy(...by));
  return "forged" in witnessing ? witnessing.forged : witnessing.lacking;
};

describe("a quorum", () => {
  test("of one witness is met by that one", () => {
    expect(lacking(`${three}quorum a\n`, 0)).toBeNull();
    expect(lacking(`${three}quorum a`, 1, 2)).toBe("a has not cosigned it");
  });

  test("of a group is met by as many of it as the line says", () => {
    const two = `${three}group g 2 a b c\nquorum g\n`;

    expect(lacking(two, 0, 2)).toBeNull();
    expect(lacking(two, 1)).toBe("g needs 2 of 3, and 1 cosigned it (without: a, c)");
    expect(lacking(`${three}group g all a b c\nquorum g\n`, 0, 1)).toMatch(/needs 3 of 3/);
    expect(lacking(`${three}group g any a b c\nquorum g\n`, 2)).toBeNull();
    expect(lacking(`${three}group g any a b c\nquorum g\n`)).toMatch(/needs 1 of 3, and 0/);
  });

  test("of groups of groups counts each group once", () => {
    const nested = `${three}group ab any a b\ngroup both all ab c\nquorum both\n`;

    expect(lacking(nested, 0, 2)).toBeNull();
    expect(lacking(nested, 0, 1)).toBe("both needs 2 of 2, and 1 cosigned it (without: c)");
  });

  test("of none is always met, and lines may come after it", () => {
    expect(lacking("quorum none\n")).toBeNull();
    expect(quorum(`quorum none\nlog ${key.vkey}\n${three}`)).toEqual({
      logs: [key.vkey],
      witnesses: [a, b, c],
      needs: null,
    });
  });

  test("with a cosignature that is none is not judged", () => {
    const forged = noteBy(0).replace(/time/, "time");
    const [first = "", second = ""] = [noteBy(0), noteBy(1)].map(
      (note) => note.trimEnd().split("\n").at(-1) ?? "",
    );
    const swapped = forged.replace(first, `${first.slice(0, 40)}${second.slice(40)}`);

    expect(witnessingOf(quorum(`${three}quorum a`), swapped)).toHaveProperty("forged");
  });

  test.each([
    ["", "it has no quorum line"],
    [three, "it has no quorum line"],
    ["quorum x", "line 1: no line before it defines “x”"],
    ["quorum none none", "line 1: a quorum is"],
    ["quorum none\nquorum none", "line 2: there is a quorum line already"],
    [`witness a ${a}\nwitness a ${b}\nquorum a`, "line 2: “a” is defined already"],
    [`witness a ${a}\nwitness b ${a}\nquorum a`, "line 2: this key of a witness is there twice"],
    [`witness none ${a}\nquorum none`, "line 1: “none” is defined already"],
    [`witness a ${key.vkey}\nquorum a`, "is not the vkey of a witness"],
    [`log ${a}\nquorum none`, "is not the vkey of a log"],
    [`log ${key.vkey}\nlog ${key.vkey}\nquorum none`, "line 2: this key of a log is there twice"],
    [`${three}group g 4 a b c\nquorum g`, "a group is"],
    [`${three}group g 0 a b c\nquorum g`, "a group is"],
    [`${three}group g all\nquorum g`, "a group is"],
    [`${three}group g any a a\nquorum g`, "“a” is a member of a group already"],
    [`${three}group g any a\ngroup h any a b\nquorum h`, "“a” is a member of a group already"],
    [`${three}group g any g a\nquorum g`, "no line before it defines “g”"],
    [`group g any a\n${three}quorum g`, "line 1: no line before it defines “a”"],
    ["witnes a b", "it begins with “witnes”"],
    ["quorum none\r\n", "it has a control character"],
    ["quorum\u0000none", "it has a control character"],
  ])("%j is refused with its line", (text, because) => {
    expect(readQuorum(text)).toEqual(expect.stringContaining(because));
  });
});
