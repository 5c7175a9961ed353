import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { momentOf } from "../../src/sources/times.ts";
import { observations, onlyOne } from "./context.ts";
import { mappedBy } from "./mapping.ts";

/** Bodies of many lines, lists inside lists, sums, and times as senders really write them. */

const minimal = "kind: { value: finding }\ndeployment: { value: d }\n";
const each = `${minimal}forEach: /*\nmetric: /name\n`;
const metricsOf = (text: string, body: unknown, contentType = "application/json") =>
  observations(mappedBy(text, body, { contentType })).map(({ signal }) => signal.metric);

describe("JSON Lines", () => {
  test("are read as a list, blank lines and Windows line ends aside", () => {
    expect(metricsOf(each, '{"name":"a"}\r\n\n{"name":"b"}\n')).toEqual(["a", "b"]);
  });

  test.each(["application/x-ndjson", "application/jsonl; charset=utf-8", "Application/NDJSON"])(
    "of one line are a list where the sender says so: %s",
    (contentType) => {
      expect(metricsOf(each, '{"name":"a"}', contentType)).toEqual(["a"]);
    },
  );

  test("of one line are a list where the policy says so, and JSON otherwise", () => {
    expect(metricsOf(`${each}lines: true\n`, '{"name":"a"}')).toEqual(["a"]);
    expect(metricsOf(`${minimal}metric: /name\n`, '{"name":"a"}')).toEqual(["a"]);
    expect(metricsOf(each, '[\n{"name":"a"},\n{"name":"b"}\n]')).toEqual(["a", "b"]);
  });

  test("whose last one was not finished are read as far as they go, and the rest is counted", () => {
    const parsed = mappedBy(each, '{"name":"a"}\n{"name":"b"}\n{"name":"c"');

    expect(observations(parsed).map(({ signal }) => signal.metric)).toEqual(["a", "b"]);
    expect(observations(parsed)[0]?.caveat).toBe(
      "1 of 3 lines could not be read: A line is not JSON.",
    );
    expect(parsed.lost?.map(({ signal }) => [signal.metric, signal.value])).toEqual([
      ["unreadable lines", 1],
    ]);
  });

  test("of which nothing was meant say all the same that some could not be read", () => {
    const parsed = mappedBy(`${each}when: item.name == "z"\n`, '{"name":"a"}\n{"na');

    expect(parsed.lost).toHaveLength(1);
  });

  test.each([
    ["JSON that was cut off", '{\n  "name": "a",\n  "list": [1,\n2\n', "The body is not JSON."],
    ["text", "first\nsecond\n", "The body is not JSON."],
    ["text after a number", "1\nsecond\n", "The body is not JSON."],
    ["nothing but blank lines", "\n \n", "The body is not JSON."],
    ["too much depth", `[]\n${"[".repeat(70)}\n`, null],
  ])("are not made of %s", (_, body, unmapped) => {
    const parsed = mappedBy(`${minimal}metric: { value: m }\n`, body);

    if (unmapped === null) expect(parsed.lost?.[0]?.signal.summary).toContain("64 levels");
    else expect(parsed).toEqual({ unmapped });
  });

  test("that the policy promises and that are none are unmapped", () => {
    const lines = `${each}lines: true\n`;

    expect(mappedBy(lines, "nothing")).toEqual({ unmapped: "A line is not JSON." });
    expect(mappedBy(lines, "")).toEqual({ unmapped: "The body is empty." });
    expect(mappedBy(lines, "\n")).toEqual({ unmapped: "The body is empty." });
  });
});

describe("lists inside lists", () => {
  const cel = (text: string) => `${minimal}forEach: /results/*/*\nmetric: { cel: '${text}' }\n`;
  const body = { results: { mmlu: { "acc,none": 1, "f1,none": 2 }, gsm8k: [7] } };

  test("name the keys on the way, the outermost first and their own last", () => {
    expect(metricsOf(cel('keys[0] + "/" + keys[1]'), body)).toEqual([
      "mmlu/acc,none",
      "mmlu/f1,none",
      "gsm8k/0",
    ]);
    expect(metricsOf(cel("keys[1] == key ? keys[0] : key"), body)).toEqual([
      "mmlu",
      "mmlu",
      "gsm8k",
    ]);
  });

  test("have no more keys than there were lists", () => {
    const [first] = observations(mappedBy(cel("keys[2]"), body));

    expect(first).toMatchObject({ signal: { metric: "" } });
    expect(first?.caveat).toContain("metric: ");
    expect(metricsOf(`${minimal}metric: { cel: 'string(size(keys))' }\n`, {})).toEqual(["0"]);
  });
});

describe("sum and avg", () => {
  const valued = (cel: string, body: unknown) =>
    onlyOne(mappedBy(`${minimal}value: { cel: '${cel}' }\nworse: higher\n`, body));

  test.each([
    ["sum(item.l)", { l: [1, 2.5] }, 3.5],
    ["item.l.sum()", { l: [] }, 0],
    ["avg(item.l)", { l: [1, 2] }, 1.5],
    ["item.rows.map(r, r.fails).sum() / item.rows.map(r, r.all).sum()", rows(), 0.1],
    ["item.rows.map(r, double(r.text)).avg()", rows(), 1.5],
    ["item.rows.map(r, r.fails > 0.0 ? r.all : 0.0).sum()", rows(), 20],
  ])("%s", (cel, body, value) => {
    expect(valued(cel, body).signal.value).toBeCloseTo(value, 12);
  });

  test.each([
    ["avg(item.l)", { l: [] }, "there is no average of an empty list"],
    ["sum(item.l)", { l: [1, "2"] }, "something in the list is no number"],
    ["sum(item.l)", { l: [null] }, "something in the list is no number"],
    ["sum(item.l)", { l: 3 }, "overload"],
    ["sum(item.l)", { l: { a: 1 } }, "overload"],
    ["avg(item.none)", {}, "item.none is missing"],
  ])("%s of %j is no number, and says why", (cel, body, because) => {
    const { signal, caveat } = valued(cel, body);

    expect(signal).toMatchObject({ status: "errored", value: null });
    expect(caveat).toContain(because);
  });

  test("of numbers that add up to more than a number is none", () => {
    expect(valued("sum(item.l)", { l: [1e308, 1e308] }).signal).toMatchObject({
      status: "firing",
      value: null,
    });
  });
});

function rows() {
  return {
    rows: [
      { fails: 2, all: 20, text: "1" },
      { fails: 0, all: 0, text: "2" },
    ],
  };
}

describe("a time", () => {
  test.each([
    [1_675_315_787, "2023-02-02T05:29:47.000Z"],
    ["1675315787", "2023-02-02T05:29:47.000Z"],
    ["1675315787.25", "2023-02-02T05:29:47.250Z"],
    [1_502_709_956_288, "2017-08-14T11:25:56.288Z"],
    ["1764400000000000", "2025-11-29T07:06:40.000Z"],
    ["1764400000000000000", "2025-11-29T07:06:40.000Z"],
    ["2026-11-22T13:58:24.3713213Z", "2026-11-22T13:58:24.3713213Z"],
    ["2026-11-22T15:43:51.730+0000", "2026-11-22T15:43:51.730+00:00"],
    ["2026-11-22T15:43:51+01", "2026-11-22T15:43:51+01:00"],
    ["2026-11-22 15:43:51 UTC", "2026-11-22T15:43:51Z"],
    ["2026-11-22 15:43 -0530", "2026-11-22T15:43:00-05:30"],
    ["2026-11-22T15:43:51,5Z", "2026-11-22T15:43:51.5Z"],
    ["Sun, 22 Nov 2026 18:56:15 GMT", "2026-11-22T18:56:15Z"],
    ["22 Nov 2026 18:56:15 +0100", "2026-11-22T18:56:15+01:00"],
  ])("%j is %s, and nothing need be said", (sent, time) => {
    expect(momentOf(sent)).toEqual({ time, said: "" });
  });

  test.each([
    ["2026-11-22 18:56:15.374", "2026-11-22T18:56:15.374Z"],
    ["2026.11.22 03:11:40", "2026-11-22T03:11:40Z"],
    ["2026/11/22 03:11", "2026-11-22T03:11:00Z"],
    ["2026-11-22T03:11:40", "2026-11-22T03:11:40Z"],
    ["Sun, 22 Nov 2026 18:56:15", "2026-11-22T18:56:15Z"],
  ])("%j has no zone: it is %s, and that is said", (sent, time) => {
    expect(momentOf(sent)).toEqual({ time, said: `${sent} has no zone and is taken as UTC` });
  });

  test.each([
    "1",
    "-1675315787",
    "99999999999999999999999",
    "1e12",
    "0x5f",
    "NaN",
    "next Tuesday",
    "2026-11-22",
    "3/4/2026 10:00",
    "2026-02-30 10:00:00",
    "2026-13-01T10:00:00",
    "2026-11-22 24:00:00",
    "2026-11-22 10:61:00",
    "2026-11/22 10:00:00",
    "22 Foo 2026 18:56:15 GMT",
    "2026-11-22T10:00:00+99:99",
    "9".repeat(2_000),
  ])("%s is not guessed at", (sent) => {
    const { time, said } = momentOf(sent);

    expect(time).toBe("");
    expect(said).toMatch(/^“.*” is no time that can be read$/);
  });

  test.each(["", " ", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00"])(
    "%j is none at all",
    (sent) => {
      expect(momentOf(sent)).toEqual({ time: "", said: "" });
    },
  );

  test("of any text is a time of RFC 3339 or none, and never slow", () => {
    const pieces = fc.constantFrom(
      "2026",
      "-",
      "11",
      ".",
      " ",
      "T",
      ":",
      "00",
      "Z",
      "+",
      "Nov",
      "9",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join("")),
        ),
        (text) => {
          const { time } = momentOf(text);
          expect(time === "" || !Number.isNaN(Date.parse(time))).toBe(true);
        },
      ),
    );
  });
});

describe("what cannot be read beside the signal", () => {
  const told = (body: object) =>
    onlyOne(
      mappedBy(
        `${minimal}url: /url\nstartedAt: /from\noccurredAt: /at\nvalue: /n\nworse: higher\n`,
        body,
      ),
    );

  test("is said, and takes nothing from it", () => {
    const { signal, caveat, isAside } = told({ url: "/runs/7", from: "yesterday", at: 1, n: 3 });

    expect(signal).toMatchObject({ status: "firing", url: "", startedAt: "", value: 3 });
    expect(caveat).toBe(
      "url: “/runs/7” is no web address and was left out. occurredAt: “1” is no time that can be read. startedAt: “yesterday” is no time that can be read.",
    );
    expect(isAside).toBe(true);
  });

  test("is no aside where something else could not be read either", () => {
    expect(told({ url: "/runs/7", n: "many" })).not.toHaveProperty("isAside");
    expect(told({ at: 1, n: "many" })).not.toHaveProperty("isAside");
    expect(told({ at: ["x"], n: 1 })).toMatchObject({ isAside: true });
  });

  test.each(["javascript:alert(1)", "//evil.example/x", "ftp://a.example", "data:text/html,x"])(
    "%s is no link",
    (url) => {
      expect(told({ url })).toMatchObject({ signal: { url: "" }, isAside: true });
    },
  );
});
