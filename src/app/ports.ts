/** What the shell asks of the world, and what the world may ask of the shell. */
export * from "./ports/chat.ts";
export * from "./ports/clock.ts";
export * from "./ports/cosignatures.ts";
export * from "./ports/erasure.ts";
export * from "./ports/evidence-rows.ts";
export * from "./ports/fault.ts";
export * from "./ports/identity.ts";
export * from "./ports/kept-outside.ts";
export * from "./ports/log-queries.ts";
export * from "./ports/notifications.ts";
export * from "./ports/operator.ts";
export * from "./ports/outbox.ts";
export * from "./ports/outbox-store.ts";
export * from "./ports/pages.ts";
export * from "./ports/queries.ts";
export * from "./ports/store.ts";
export * from "./ports/timeout.ts";
