import { describe, expect, test } from "vitest";
import { commit, digestOf, opens } from "../../../src/core/log/commitment.ts";

const salt = new Uint8Array(32).fill(0x0b);

describe("a commitment", () => {
  test("is HMAC-SHA256 in hex, after RFC 4231's first case with its key padded by HMAC itself", () => {
    const padded = new Uint8Array(32);
    padded.fill(0x0b, 0, 20); // RFC 2104 pads keys with zeros, so twelve zeros more change nothing

    expect(commit(padded, "Hi There")).toBe(
      "c_b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    );
  });

  test("opens with its own salt and text only", () => {
    const commitment = commit(salt, "jailbreak rate doubled – é");

    expect(opens(commitment, salt, "jailbreak rate doubled – é")).toBe(true);
    expect(opens(commitment, salt, "jailbreak rate doubled – e")).toBe(false);
    expect(opens(commitment, new Uint8Array(32), "jailbreak rate doubled – é")).toBe(false);
    expect(opens(commitment.toUpperCase(), salt, "jailbreak rate doubled – é")).toBe(false);
    expect(opens("c_", salt, "jailbreak rate doubled – é")).toBe(false);
  });

  test("is refused for another size of salt and for a lone surrogate, which never open either", () => {
    expect(() => commit(new Uint8Array(31), "a")).toThrow(RangeError);
    expect(() => commit(salt, "\ud800")).toThrow(TypeError);
    expect(opens("c_", new Uint8Array(31), "a")).toBe(false);
    expect(opens(commit(salt, "\ufffd"), salt, "\ud800")).toBe(false);
  });
});

test("a digest is lower-case hex SHA-256", () => {
  expect(digestOf(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
