import Fastify from "fastify";
import { readConfig } from "../src/config.ts";

/** The least that can be ready: the same runtime, the same web framework, and nothing to do. */
const read = readConfig();
if (!read.ok) throw new Error(read.problems.join("\n"));
const { host, port } = read.config;
const app = Fastify();
app.get("/readyz", async () => ({ ready: true }));
await app.listen({ host, port });
process.once("SIGTERM", () => process.exit(0));
