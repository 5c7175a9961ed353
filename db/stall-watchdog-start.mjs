// Node 20 gives no loader of the main thread to another one: this one first learns to read
// TypeScript itself, as newer ones do.
if (!process.features.typescript) (await import("tsx/esm/api")).register();
await import("./stall-watchdog-thread.ts");
