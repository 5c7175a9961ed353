/** A PagerDuty V3 webhook body of the documented shape, made up. */
export function pagerDutyEvent(
  type: string,
  data: object = {},
  event: object = {},
): { readonly event: Readonly<Record<string, unknown>> } {
  return {
    event: {
      id: "01D4R7AZ6K1M8Q",
      event_type: `incident.${type}`,
      resource_type: "incident",
      occurred_at: "2026-11-23T08:05:00.000Z",
      agent: {
        html_url: "https://example.pagerduty.com/users/PDANA01",
        id: "PDANA01",
        summary: "Ana Kovač",
        type: "user_reference",
      },
      client: { name: "PagerDuty" },
      data: {
        id: "Q1INCIDENT",
        type: "incident",
        html_url: "https://example.pagerduty.com/incidents/Q1INCIDENT",
        number: 41,
        status: { resolved: "resolved", acknowledged: "acknowledged" }[type] ?? "triggered",
        incident_key: "b3f1c0de",
        created_at: "2026-11-23T08:00:00Z",
        reopened_at: null,
        title: "Classifier latency above 2 s",
        service: { id: "PSVC001", summary: "Safety classifier", type: "service_reference" },
        priority: { id: "PPRIO1", summary: "P1", type: "priority_reference" },
        urgency: "high",
        resolve_reason: null,
        ...data,
      },
      ...event,
    },
  };
}
