import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalBytes,
  canonicalText,
  decimal,
  ENTRY_LIMIT,
  entryBytes,
} from "../../../src/core/log/bytes.ts";
import { Scanner } from "../../../src/core/log/canonical-json-scanner.ts";

const utf8 = new TextEncoder();

/** Whether the scanner takes the text as one canonical object. */
function scans(text: string | Uint8Array) {
  const bytes = typeof text === "string" ? utf8.encode(text) : text;
  return new Scanner(bytes).line(0) === bytes.length;
}

const wellFormed = fc.string({ unit: "binary" }).filter((text) => !/\p{Cs}/u.test(text));
const canonical = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    wellFormed,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(wellFormed, tie("value"), { maxKeys: 5 }),
  ),
}));
const objects = fc.dictionary(wellFormed, canonical.value, { maxKeys: 6 });

describe("canonical JSON", () => {
  test("keys are sorted by UTF-16 code units, as RFC 8785 §3.2.3 shows", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];

    const text = canonicalText(Object.fromEntries(keys.map((key) => [key, null])));

    expect(
      Object.keys(JSON.parse(`{"x":0,${text.slice(1)}`)).filter((key) => key !== "x"),
    ).toHaveLength(7);
    expect(text).toBe(
      '{"\\r":null,"1":null,"\u0080":null,"\u00f6":null,"\u20ac":null,"\u{1f600}":null,"\ufb33":null}',
    );
  });

  test("strings are escaped as RFC 8785 §3.2.2.2 says, and no further", () => {
    expect(canonicalText('\u20ac$\u000f\nA\'B"\\\\"/\u007f\u2028')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"',
    );
  });

  test("there is no white space, and lists keep their order", () => {
    expect(canonicalText({ b: [3, 1, { d: true, c: null }], a: "" })).toBe(
      '{"a":"","b":[3,1,{"c":null,"d":true}]}',
    );
  });

  test("bytes are the UTF-8 of the text", () => {
    expect(canonicalBytes("é\u{1f600}")).toEqual(utf8.encode('"é\u{1f600}"'));
  });

  test("keys that JavaScript treats specially are ordinary keys", () => {
    const hostile: unknown = JSON.parse('{"toString":1,"__proto__":{"x":1},"constructor":2}');

    expect(canonicalText(hostile)).toBe('{"__proto__":{"x":1},"constructor":2,"toString":1}');
  });

  test("minus zero is written 0, as RFC 8785 has it", () => {
    expect(canonicalText([-0])).toBe("[0]");
  });

  const cycle: Record<string, unknown> = {};
  cycle["again"] = cycle;
  const sparse: unknown[] = [1];
  sparse.length = 3;
  test.each([
    ["a float", { a: 0.5 }, /\$\.a.*0\.5 is no safe integer/],
    ["NaN", [Number.NaN], /\$\[0\].*NaN/],
    ["infinity", Number.POSITIVE_INFINITY, /Infinity/],
    ["2^53", 2 ** 53, /9007199254740992/],
    ["undefined in an object", { a: undefined }, /a undefined/],
    ["undefined in a list", [undefined], /a undefined/],
    ["a function", { toJSON: () => 1 }, /a function/],
    ["a bigint", 1n, /a bigint/],
    ["a symbol", Symbol("s"), /a symbol/],
    ["a symbol as key", { [Symbol("s")]: 1 }, /a symbol as key/],
    ["a sparse array", sparse, /sparse/],
    ["an array with a name on it", Object.assign([1], { extra: 1 }), /decorated/],
    ["a Date", new Date(0), /no plain object/],
    ["a Map", new Map(), /no plain object/],
    ["bytes", new Uint8Array(2), /no plain object/],
    ["an object with a prototype of its own", Object.create({ a: 1 }), /no plain object/],
    ["a lone high surrogate", "a\ud800b", /lone surrogate/],
    ["a lone low surrogate as key", { "\udc00": 1 }, /lone surrogate/],
    ["a cycle", cycle, /nested deeper/],
  ])("%s is refused, with its place", (_name, value, words) => {
    expect(() => canonicalText(value)).toThrow(words);
  });

  test("an object without prototype is written", () => {
    expect(canonicalText(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  test("an entry of 32 KiB is written, one byte more is refused", () => {
    const filled = (size: number) => ({ a: "x".repeat(size - '{"a":""}'.length) });

    expect(entryBytes(filled(ENTRY_LIMIT))).toHaveLength(32 * 1024);
    expect(() => entryBytes(filled(ENTRY_LIMIT + 1))).toThrow(RangeError);
  });

  test("what is written reads back as the same value, and is the only form of it", () => {
    fc.assert(
      fc.property(canonical.value, (value) => {
        const text = canonicalText(value);
        const back: unknown = JSON.parse(text);
        expect(canonicalText(back)).toBe(text);
      }),
    );
  });
});

describe("the scanner", () => {
  test("takes every object the writer writes", () => {
    fc.assert(
      fc.property(objects, (object) => {
        expect(scans(canonicalText(object))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("takes a text exactly when reading and writing it again gives the same bytes", () => {
    const rewritten = (text: string) => {
      try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && !Array.isArray(value) && canonicalText(value) === text;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(
        objects,
        fc.nat(),
        fc.constantFrom(...'{}[]":,\\0123-.eE+ \ntfnu\u0000é'),
        (object, at, char) => {
          const text = [...canonicalText(object)];
          text[at % text.length] = char;
          const changed = text.join("");
          expect(scans(changed)).toBe(rewritten(changed));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["a key twice", '{"a":1,"a":2}'],
    ["keys out of order", '{"b":1,"a":2}'],
    ["a longer key before its beginning", '{"ab":1,"a":2}'],
    ["astral keys in code point order", '{"\ufb33":1,"\u{1f600}":2}'],
    ["a key twice, one of them escaped", '{"\\n":1,"\\u000a":2}'],
    ["a space", '{"a": 1}'],
    ["an escape nobody needs", '{"a":"\\u0041"}'],
    ["an escaped slash", '{"a":"\\/"}'],
    ["an upper-case escape", '{"a":"\\u001F"}'],
    ["an escaped lone surrogate", '{"a":"\\ud800"}'],
    ["a float", '{"a":1.0}'],
    ["an exponent", '{"a":1e2}'],
    ["a leading zero", '{"a":01}'],
    ["minus zero", '{"a":-0}'],
    ["a lone minus", '{"a":-}'],
    ["2^53", '{"a":9007199254740992}'],
    ["a raw newline", '{"a":"\n"}'],
    ["a comma too many", '{"a":1,}'],
    ["half a literal", '{"a":tru}'],
    ["nothing", ""],
    ["a list", "[]"],
  ])("refuses %s", (_name, text) => {
    expect(scans(text)).toBe(false);
  });

  test("takes what is nested 64 deep and refuses 65, as the writer does", () => {
    const nested = (depth: number): unknown => (depth === 1 ? { a: 1 } : { a: nested(depth - 1) });
    const text = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

    expect([scans(text(64)), canonicalText(nested(64))]).toEqual([true, text(64)]);
    expect(scans(text(65))).toBe(false);
    expect(() => canonicalText(nested(65))).toThrow(/nested deeper/);
  });

  test("refuses bytes that are no UTF-8", () => {
    const bad = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]];

    const taken = bad.filter((bytes) =>
      scans(Uint8Array.of(...utf8.encode('{"a":"'), ...bytes, 0x22, 0x7d)),
    );

    expect(taken).toEqual([]);
  });

  test("says where the watched keys of the outermost object have their values, up to the first that is missing", () => {
    const text = '{"at":"t","inner":{"v":2},"v":1}';
    const starts = (...watched: string[]) => {
      const scanner = new Scanner(utf8.encode(text), watched);
      scanner.line(0);
      return [...scanner.starts];
    };

    expect(starts("at", "v")).toEqual([text.indexOf('"t"'), text.length - 2]);
    expect(starts("at", "kind", "v")).toEqual([text.indexOf('"t"'), -1, -1]);
  });
});

describe("decimal", () => {
  test.each([
    [0, "0"],
    [-0, "0"],
    [42, "42"],
    [0.1, "0.1"],
    [-0.0831, "-0.0831"],
    [1e21, "1000000000000000000000"],
    [1.25e23, "125000000000000000000000"],
    [1e-7, "0.0000001"],
    [-1.5e-9, "-0.0000000015"],
    [0.1 + 0.2, "0.30000000000000004"],
  ])("of %d is %s", (n, text) => {
    expect(decimal(n)).toBe(text);
  });

  test("has no exponent and reads back as the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        expect(decimal(n)).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
        expect(Number(decimal(n))).toBe(n === 0 ? 0 : n);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "of %d is refused",
    (n) => {
      expect(() => decimal(n)).toThrow(RangeError);
    },
  );
});
