import type { Log, Reports } from "../ports.ts";
import { onceAMinute } from "../refusals.ts";

/** The most gateways in memory; beyond these the oldest is asked again, which changes nothing. */
const mostRemembered = 1_000;

/** Whether a text is a valid name for a gateway in a policy. */
export function isGatewayName(name: unknown): name is string {
  return typeof name === "string" && /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name);
}

/**
 * A gateway that asks before each request confirms by asking: the first question after a decision
 * is its report. The answer does not wait for that to be recorded.
 */
export function createGatewayConfirmations(reports: Reports, log: Log) {
  const said = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  // A failed one is tried again at the gateway's next request.
  const failures = onceAMinute<object>((_key, what, further) =>
    further === 0
      ? log.error(what, "a confirmation was not recorded")
      : log.error(
          { ...what, failed: further },
          "further confirmations were not recorded, the last",
        ),
  );
  const confirm = (deployment: string, gateway: string, version: number): void => {
    const key = `${deployment} ${gateway}`;
    if ((said.get(key) ?? -1) >= version) return;
    said.delete(key);
    said.set(key, version);
    const [oldest] = said.keys();
    if (said.size > mostRemembered && oldest !== undefined) said.delete(oldest);
    const recorded = reports.asked({ deployment, gateway, version }).then(
      ({ is }) => {
        if (is === "unknown-gateway")
          log.warn({ deployment, gateway }, "a gateway asks that the policy does not list");
      },
      (error: unknown) => {
        if (said.get(key) === version) said.delete(key);
        failures.note("", { err: error, deployment, gateway });
      },
    );
    underWay.add(recorded);
    void recorded.then(() => underWay.delete(recorded));
  };
  return {
    confirm,
    /** Resolves when all confirmations that were begun are in the log. */
    idle: async (): Promise<void> => {
      await Promise.all(underWay);
      failures.close();
    },
  };
}

/** See createGatewayConfirmations. */
export type Confirm = ReturnType<typeof createGatewayConfirmations>["confirm"];
