import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createRequestCheck } from "../../../src/chat/slack/inbound/request-check.ts";

const secret = "slack-signing-secret-for-tests-01";
const second = 1_763_868_060;
const body = Buffer.from("command=%2Fpause&text=assistant-prod");

const macOf = (time: string, bytes: Uint8Array = body, key = secret): string =>
  `v0=${createHmac("sha256", key).update(`v0:${time}:`).update(bytes).digest("hex")}`;

const headersAt = (time: string, signature = macOf(time)) => ({
  "x-slack-request-timestamp": time,
  "x-slack-signature": signature,
});

function checker() {
  const seen = new Set<string>();
  const firstSight = async (key: string) => !seen.has(key) && seen.add(key).has(key);
  const check = createRequestCheck({
    secret,
    clock: { now: () => second * 1000 },
    store: { firstSight },
  });
  return { check, seen };
}

describe("a request of Slack's", () => {
  test.each([0, -300, 300, -299, 299])("is taken %i s from now", async (off) => {
    expect(await checker().check(headersAt(`${second + off}`), body)).toBeNull();
  });

  test.each([-301, 301, -86_400, 86_400, 3_000_000_000])(
    "is not taken %i s from now, though its signature is right",
    async (off) => {
      const { check, seen } = checker();

      expect(await check(headersAt(`${second + off}`), body)).toBe("its time is too far off");
      expect(seen.size).toBe(0);
    },
  );

  test("is taken once", async () => {
    const { check } = checker();

    expect(await check(headersAt(`${second}`), body)).toBeNull();
    expect(await check(headersAt(`${second}`), body)).toBe("seen before");
  });

  test("is taken again when Slack repeats it, which it does with a time of its own", async () => {
    const { check } = checker();

    expect(await check(headersAt(`${second}`), body)).toBeNull();
    expect(await check(headersAt(`${second + 60}`), body)).toBeNull();
  });

  test.each(["1e9", " 123", "123 ", "+1763868060", "-1763868060", "0x69", "1763868060.0", "", "٣"])(
    "has a time of digits only, and %j is none",
    async (time) => {
      expect(await checker().check(headersAt(time), body)).not.toBeNull();
    },
  );

  test("is not taken with two times or two signatures, which arrive joined", async () => {
    const time = `${second}`;

    expect(await checker().check(headersAt(`${time}, ${time}`), body)).not.toBeNull();
    const twice = `${macOf(time)}, ${macOf(time)}`;
    expect(await checker().check(headersAt(time, twice), body)).toBe("malformed signature");
  });

  test("is not taken without its headers", async () => {
    const { "x-slack-signature": signature, ...timeOnly } = headersAt(`${second}`);

    expect(await checker().check({}, body)).toBe("no signature");
    expect(await checker().check(timeOnly, body)).toBe("no signature");
    expect(await checker().check({ "x-slack-signature": signature }, body)).toBe("no signature");
  });

  test.each([
    ["another secret", macOf(`${second}`, body, "another-secret-of-somebody-else-01")],
    ["another body", macOf(`${second}`, Buffer.from("command=%2Fresume"))],
    ["another time", macOf(`${second - 1}`)],
  ])("is not taken when its signature is over %s", async (_what, signature) => {
    const { check, seen } = checker();

    expect(await check(headersAt(`${second}`, signature), body)).toBe("wrong signature");
    expect(seen.size).toBe(0);
  });

  test.each([
    ["upper case", macOf(`${second}`).toUpperCase()],
    ["no version", macOf(`${second}`).slice(3)],
    ["another version", macOf(`${second}`).replace("v0", "v1")],
    ["half of it", macOf(`${second}`).slice(0, 35)],
    ["nothing", ""],
  ])("is not taken when its signature is written as %s", async (_what, signature) => {
    expect(await checker().check(headersAt(`${second}`, signature), body)).not.toBeNull();
  });

  test("is not taken packed, since the signature would be over other bytes than are read", async () => {
    const packed = gzipSync(body);
    const time = `${second}`;
    const headers = { ...headersAt(time, macOf(time, packed)), "content-encoding": "gzip" };

    expect(await checker().check(headers, packed)).toBe("content-encoding");
  });
});
