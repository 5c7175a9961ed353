import { describe, expect, test } from "vitest";
import { said } from "../small-policy.ts";

describe("what a source signs", () => {
  test.each([
    [
      "a text that is signed and cannot be told apart",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: mapped, auth: { hmac: { secret: env:SIGNALS_SECRET, header: X-Sig, encoding: hex, signed: '{id}{body}', id: X-Id } }, mapping: { kind: { value: finding }, deployment: { value: assistant }, sample: {} } }",
      "51:102 error: sources.signals.auth.hmac.signed: must have text between {id} and what is beside it, like a point",
    ],
    [
      "a header that nobody signs",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: mapped, auth: { hmac: { secret: env:SIGNALS_SECRET, header: X-Sig, encoding: hex, id: X-Id } }, mapping: { kind: { value: finding }, deployment: { value: assistant }, sample: {} } }",
      "51:102 error: sources.signals.auth.hmac.id: is a header that nobody signs: write {id} in signed",
    ],
    [
      "a time that is signed and stands nowhere",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: mapped, auth: { hmac: { secret: env:SIGNALS_SECRET, header: X-Sig, encoding: hex, signed: '{timestamp}.{body}' } }, mapping: { kind: { value: finding }, deployment: { value: assistant }, sample: {} } }",
      "51:36 error: sources.signals.auth.hmac: timestamp is missing: which header says the {timestamp} that is signed",
    ],
    [
      "patience with a time that nobody signs",
      "{ type: signal, auth: { standardWebhooks: env:SIGNALS_SECRET }, map: { api: assistant } }",
      "{ type: mapped, auth: { hmac: { secret: env:SIGNALS_SECRET, header: X-Sig, encoding: hex, tolerance: 5m } }, mapping: { kind: { value: finding }, deployment: { value: assistant }, sample: {} } }",
      "51:102 error: sources.signals.auth.hmac.tolerance: is of a timestamp: write {timestamp} in signed",
    ],
  ])("%s", (_, from, to, only) => {
    expect(said([from, to])).toEqual([only]);
  });
});
