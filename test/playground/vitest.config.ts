import { defineConfig } from "vitest/config";

/**
 * Apart from `npm test`: it needs root and a browser. Its steps are one story, so they keep their
 * order.
 */
export default defineConfig({
  test: {
    env: { TZ: "Asia/Kathmandu" },
    expect: { requireAssertions: true, poll: { timeout: 30_000, interval: 100 } },
    include: ["test/playground/**/*.test.ts"],
    bail: 1,
    testTimeout: 120_000, // for two busy cores; no test asserts a time
    hookTimeout: 240_000,
  },
});
