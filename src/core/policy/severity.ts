export type Severity = (typeof severities)[number];

/** From the least to the worst. */
export const severities = ["info", "warning", "high", "critical"] as const;
