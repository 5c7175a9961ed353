import fc from "fast-check";
import { expect, test } from "vitest";
import type { TimelineView } from "../../../src/app/ports.ts";
import { readRange, timelineAddress, timelineHtml } from "../../../src/console/pages/timeline.ts";
import { hostile, now } from "./cards.ts";

const none = { asked: { since: null, until: null }, since: "", until: "", problems: [] };
const pageContext = {
  viewer: { is: "reader", role: "auditor", by: "token", bound: "" },
  from: "/",
  now,
  nonce: () => "",
} as const;

const drawn = (timeline: Partial<TimelineView>): string =>
  String(
    timelineHtml(
      {
        id: "assistant-prod",
        name: "Assistant",
        isRetired: false,
        from: 0,
        to: now,
        cut: null,
        isShort: false,
        lanes: ["full", "paused"],
        postures: [],
        models: [],
        events: [],
        ...timeline,
      },
      { range: none, pageContext },
    ),
  );

test("names, models and sentences of others are text on the page of a deployment", () => {
  const html = drawn({
    id: hostile,
    name: hostile,
    isRetired: true,
    lanes: [hostile],
    cut: 0,
    isShort: true,
    postures: [{ from: 0, to: now, lane: hostile, state: "open", words: hostile, index: 1 }],
    models: [{ from: 0, to: now, model: hostile, index: null }],
    events: [
      {
        is: "evidence",
        index: 2,
        at: now,
        kind: "escalation.opened",
        deployment: hostile,
        escalation: "",
        line: ["2 · ", { untrusted: hostile }],
        models: [hostile],
      },
    ],
  });

  expect(html).not.toMatch(/<script>|<img|\u202e|\u200b/);
  expect(timelineAddress(hostile)).toMatch(/^\/deployments\/[\w.%!'()*~-]+$/);
});

test("whatever lasted however long, its bar is seen and inside of the picture", () => {
  const span = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000));
  fc.assert(
    fc.property(fc.array(span, { minLength: 1 }), fc.nat(1_000_000), (spans, length) => {
      const postures = spans.map(([a, b]) => ({
        from: Math.min(a, length),
        to: Math.min(Math.max(a, b), length),
        lane: "full",
        state: "open" as const,
        words: "open",
        index: 1,
      }));
      const html = drawn({ from: 0, to: length, postures });
      const bars = [...html.matchAll(/<rect class="open" x="([\d.-]+)" y="\d+" width="([\d.]+)"/g)];
      expect(bars).toHaveLength(spans.length);
      for (const [, x, width] of bars) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(width)).toBeGreaterThan(0);
        expect(Number(x) + Number(width)).toBeLessThanOrEqual(1_000.1);
      }
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["", null, null, 0],
  ["since=2026-11-01&until=2026-11-02", "2026-11-01", "2026-11-03", 0],
  ["since=2026-11-31", null, null, 1],
  ["until=yesterday", null, null, 1],
  ["since=2026-11-02&until=2026-11-01", null, null, 1],
  ["since=2999-01-01", null, null, 1],
  ["since=2026-11-01&since=2026-11-02", null, null, 1],
  ["colour=red&since=2026-11-01", null, null, 1],
])("the time of %j is read, or what is wrong with it is said", (query, since, until, problems) => {
  const range = readRange(new URLSearchParams(query), now);

  const at = (day: string | null) => (day === null ? null : Date.parse(day));
  expect(range.asked).toEqual({ since: at(since), until: at(until) });
  expect(range.problems).toHaveLength(problems);
});
