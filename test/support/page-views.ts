import type { LogView, PageViews } from "../../src/app/ports.ts";

/** A log that nothing was signed of. */
export const quietLog: LogView = {
  name: "localhost/holdpoint",
  size: 0,
  at: 0,
  note: null,
  keys: [],
  witnesses: [],
  cosigned: [],
};

/** What an auditor's pages show where a test is about other pages. */
export const pageViews: PageViews = {
  log: async () => quietLog,
  deployments: async () => [],
  timeline: async () => undefined,
  historyFile: async () => ({ name: "holdpoint-history.csv", text: "" }),
  policies: async () => undefined,
};
