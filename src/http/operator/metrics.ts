import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { withTimeout } from "../../app/ports.ts";
import type { Health } from "../ports.ts";

/** Prometheus waits ten seconds. */
const patience = 2_000;

/** The result of a webhook. */
type WebhookResult =
  | "stored"
  | "duplicate"
  | "unauthenticated"
  | "unknown source"
  | "encoded"
  | "too large"
  | "not stored";

/**
 * Numbers for Prometheus. No label has a value that a sender chooses, a deployment or a person;
 * source names are the policy's.
 */
export interface Metrics {
  webhook(result: WebhookResult): void;
  /** The text and its content type. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>;
}

type Measured = Pick<Health, "backlog" | "tickAge" | "clock" | "inDoubt" | "disk">;

/** Has a registry of its own; ages and backlogs are read when the metrics are read. */
export function createMetrics(health: Measured): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const webhooks = new Counter({
    name: "holdpoint_webhooks_total",
    help: "Webhook requests by how they ended.",
    labelNames: ["result"] as const,
    registers: [registry],
  });
  const gauges = gaugesIn(registry);
  return {
    webhook: (result) => webhooks.inc({ result: result.replaceAll(" ", "_") }),
    read: async () => {
      await refresh(gauges, health);
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

type Gauges = ReturnType<typeof gaugesIn>;

function gaugesIn(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    tickAge: gauge("holdpoint_tick_age_seconds", "Since the last tick ended; -1 before the first."),
    up: gauge("holdpoint_database_up", "1 while the database answers."),
    deliveries: gauge("holdpoint_deliveries_waiting", "Deliveries not evaluated yet."),
    unread: new Gauge({
      name: "holdpoint_delivery_oldest_seconds",
      help: "Age of the oldest delivery that is not evaluated yet; 0 when none waits.",
      labelNames: ["source"] as const,
      registers,
    }),
    unsent: gauge("holdpoint_outbox_waiting", "Messages not sent yet."),
    dead: gauge("holdpoint_outbox_dead", "Messages given up; each was logged."),
    oldest: gauge(
      "holdpoint_outbox_oldest_seconds",
      "Age of the oldest unsent message; 0 when none waits.",
    ),
    offset: new Gauge({
      name: "holdpoint_clock_offset_seconds",
      help: "How far a clock is ahead of the time that deadlines go by; negative = behind.",
      labelNames: ["clock"] as const,
      registers,
    }),
    signing: gauge(
      "holdpoint_signing_held",
      "1 while no checkpoint is signed, because the record is in doubt.",
    ),
    disk: gauge(
      "holdpoint_disk_free_bytes",
      "Room left where the embedded database is; -1 where a database server keeps the data.",
    ),
  };
}

async function refresh(gauges: Gauges, health: Measured): Promise<void> {
  const age = health.tickAge();
  gauges.tickAge.set(age === null ? -1 : age / 1000);
  const { machine = null, database = null } = health.clock() ?? {};
  if (machine !== null) gauges.offset.set({ clock: "machine" }, machine / 1000);
  if (database !== null) gauges.offset.set({ clock: "database" }, database / 1000);
  gauges.signing.set(health.inDoubt().length === 0 ? 0 : 1);
  gauges.disk.set((await health.disk().catch(() => null))?.freeBytes ?? -1);
  try {
    const backlog = await withTimeout(health.backlog(), patience);
    gauges.deliveries.set(backlog.deliveries);
    gauges.unread.reset(); // a source that left the policy
    for (const [source, age] of backlog.unread) gauges.unread.set({ source }, age / 1000);
    gauges.unsent.set(backlog.outbox);
    gauges.dead.set(backlog.dead);
    gauges.oldest.set((backlog.oldestOutboxAge ?? 0) / 1000);
    gauges.up.set(1);
  } catch {
    gauges.up.set(0); // the others keep their last known values
  }
}
