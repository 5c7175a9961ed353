/** The labels of buttons and forms. */

export const buttons = {
  narrow: (scope: string) => `Narrow to ${scope}`,
  pause: "Pause",
  acknowledge: "Acknowledge",
  resume: "Resume…",
  confirm: "Approve resume…",
  retest: "Re-test",
  monitor: "Monitor",
  undo: (left: string) => `Undo (${left})`,
  keep: (state: "open" | "narrowed" | "paused") =>
    ({ open: "Leave unrestricted…", narrowed: "Keep narrowed…", paused: "Keep paused…" })[state],
  respond: { retest: "Ask for a re-test", monitor: "Add monitoring" },
  ask: (name: string) => `Ask ${name}`,
  notMe: "That was not me",
};

export const forms = {
  narrow: (scope: string, name: string) => ({
    title: `Narrow to ${scope}`,
    submit: `Narrow ${name} to ${scope}`,
  }),
  pause: (name: string) => ({ title: "Pause", submit: `Pause ${name}` }),
  resume: (name: string) => ({ title: "Resume", submit: `Request to resume ${name}` }),
  confirm: (name: string, to: string) => ({
    title: "Approve resume",
    submit: `Resume ${name} to ${to}`,
  }),
  keep: (name: string, state: "open" | "narrowed" | "paused") =>
    state === "open"
      ? { title: "Leave unrestricted", submit: `Leave ${name} unrestricted` }
      : { title: `Keep ${state}`, submit: `Keep ${name} ${state}` },
  undo: (name: string) => ({ title: "Undo", submit: `Undo for ${name}` }),
  retest: (name: string) => ({ title: "Re-test", submit: `Ask for a re-test of ${name}` }),
  monitor: (name: string) => ({ title: "Add monitoring", submit: `Add monitoring to ${name}` }),
};
