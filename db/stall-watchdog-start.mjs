import { register } from "tsx/esm/api";

// Node 20 gives no loader of the main thread to another one: this one first learns to read
// TypeScript itself.
register();
await import("./stall-watchdog-thread.ts");
