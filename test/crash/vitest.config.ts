import { defineConfig } from "vitest/config";

/**
 * `npm run test:crash`, apart from the other tests: minutes of load while replicas are killed and
 * the database is restarted.
 */
export default defineConfig({
  test: {
    env: { TZ: "Asia/Kathmandu" },
    expect: { requireAssertions: true },
    include: ["test/crash/**/*.test.ts"],
    // three to eight minutes by the machine; what takes longer than twenty hangs
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
  },
});
