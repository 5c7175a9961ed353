import { describe, expect, test } from "vitest";
import { authenticate } from "../../src/sources/authenticate.ts";
import { parseDelivery } from "../../src/sources/index.ts";
import { bytes, context, observations, onlyOne } from "./context.ts";
import { mappedBy } from "./mapping.ts";

/**
 * CloudEvents 1.0 beside the structured form, which signal.test.ts reads: binary mode and batches.
 */

const data = { kind: "eval", metric: "mean", value: 0.082, worse: "higher" };
const attributes = {
  "ce-specversion": "1.0",
  "ce-id": "run-7",
  "ce-source": "/evals/nightly",
  "ce-type": "com.example.eval.finished",
  "ce-subject": "assistant-prod",
  "ce-time": "2026-11-23T03:00:00Z",
};
const event = {
  specversion: "1.0",
  id: "run-7",
  source: "/evals/nightly",
  type: "com.example.eval.finished",
  subject: "assistant-prod",
  time: "2026-11-23T03:00:00Z",
  data,
};

const binary = (
  body: unknown,
  more: Record<string, string> = {},
  contentType = "application/json",
) =>
  parseDelivery(
    "signal",
    bytes(body),
    context({ attributes: { ...attributes, ...more }, contentType }),
  );
const structured = (body: unknown, contentType = "application/cloudevents+json") =>
  parseDelivery("signal", bytes(body), context({ contentType }));

describe("an event in binary mode", () => {
  test("is the same signal as in structured mode", () => {
    expect(binary(data)).toEqual(structured(event));
    expect(onlyOne(binary(data)).signal).toMatchObject({
      id: "run-7",
      deployment: "assistant-prod",
      occurredAt: "2026-11-23T03:00:00Z",
      labels: { "ce-source": "/evals/nightly", "ce-type": "com.example.eval.finished" },
    });
  });

  test("has its attributes decoded, and kept as they are where they are no encoding", () => {
    const more = { "ce-type": "%C3%A9val%20done", "ce-source": '"/a \\"b\\""', "ce-id": "100%" };

    expect(onlyOne(binary(data, more)).signal).toMatchObject({
      id: "100%",
      labels: { "ce-source": '/a "b"', "ce-type": "éval done" },
    });
  });

  test("of another version is unmapped", () => {
    expect(binary(data, { "ce-specversion": "0.3" })).toEqual({
      unmapped: 'CloudEvents version "0.3" is not known; 1.0 is.',
    });
  });

  test("gives way to an event that the body itself is", () => {
    const inner = { ...event, id: "inner" };

    expect(onlyOne(binary(inner)).signal.id).toBe("inner");
    expect(onlyOne(binary(inner, {}, "application/cloudevents+json")).signal.id).toBe("inner");
  });

  test("without a version is no event", () => {
    const { "ce-specversion": _version, ...rest } = attributes;
    const body = { ...data, deployment: "d" };
    const parsed = parseDelivery("signal", bytes(body), context({ attributes: rest }));

    expect(onlyOne(parsed).signal).toMatchObject({ id: "", labels: {} });
  });

  test("tells a mapping which kind of event it is", () => {
    const text = "kind: { value: report }\ndeployment: { value: d }\nsummary: { cel: event }\n";

    expect(onlyOne(mappedBy(text, {}, { attributes })).signal.summary).toBe(
      "com.example.eval.finished",
    );
  });
});

describe("a batch of events", () => {
  const batch = (body: unknown) => structured(body, "application/cloudevents-batch+json");

  test("is a signal per event", () => {
    const all = observations(batch([event, { ...event, id: "run-8" }]));

    expect(all.map(({ signal }) => signal.id)).toEqual(["run-7", "run-8"]);
    expect(all[0]).toEqual(onlyOne(structured(event)));
  });

  test("that is empty says nothing, and is no failure", () => {
    expect(batch([])).toEqual({ mapped: [] });
  });

  test("keeps what can be read of it, and says what cannot", () => {
    const [only, ...others] = observations(batch([event, 7, { data }]));

    expect(others).toEqual([]);
    expect(only?.caveat).toBe("2 more could not be read: An event of the batch is not an object.");
  });

  test.each([event, null, 7, '"text"'])("that is no list is unmapped: %j", (body) => {
    expect(batch(body)).toEqual({ unmapped: "The batch is not a list of events." });
  });
});

describe("which delivery it is", () => {
  const token = "t".repeat(40);
  const identity = (headers: Record<string, string>, body: unknown) => {
    const sent = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...headers,
    };
    const checked = authenticate(
      { auth: { bearer: "env:T" } },
      { secretFor: () => token, headers: sent, rawBody: bytes(body), now: 0 },
    );
    return checked.ok && checked.identity;
  };
  const whole = { "content-type": "application/cloudevents+json" };

  test("is the same in both modes: source and id", () => {
    expect(identity(attributes, data)).toBe('ce:["/evals/nightly","run-7"]');
    expect(identity(whole, event)).toBe(identity(attributes, data));
    expect(identity({ ...attributes, "ce-id": "%72un-7" }, data)).toBe(identity(attributes, data));
  });

  test("is not known without both of them, or of a batch", () => {
    expect(identity({ ...attributes, "ce-id": "" }, data)).toBeNull();
    expect(identity({ "ce-id": "run-7", "ce-source": "/evals/nightly" }, data)).toBeNull();
    expect(identity({ "content-type": "application/cloudevents-batch+json" }, [event])).toBeNull();
  });
});
