/** What the shell asks of the world, and what the world may ask of the shell. */
export * from "./ports/chat.ts";
export * from "./ports/identity.ts";
export * from "./ports/outgoing.ts";
export * from "./ports/outward.ts";
export * from "./ports/reads.ts";
export * from "./ports/store.ts";
export * from "./ports/told-store.ts";
