import type { Instant } from "../../ids.ts";
import { atWall, isDate, zoneExists } from "../../time.ts";
import type { PolicyDoc } from "../schema/policy-schema.ts";
import { type CheckInput, type Finding, known, type Report } from "./findings.ts";

type Schedule = PolicyDoc["schedules"][string];

/**
 * Every minute must have exactly one person: real zone, real dates, known people, no two overrides
 * at once.
 */
export function checkSchedule(look: CheckInput, id: string, schedule: Schedule): void {
  const path = ["schedules", id];
  const { timezone, rotation, handoff, overrides } = schedule;
  const zoned = checkZone(timezone, [...path, "timezone"], look.report);
  for (const [at, key] of rotation.entries())
    known(look, { section: "people", name: key, path: [...path, "rotation", at] });
  checkRecurrence(handoff, [...path, "handoff"], look.report);
  if (handoff.from === undefined) {
    look.report.error(
      [...path, "handoff"],
      "from is missing: whose turn it is counts from a date",
      '"2026-11-02"',
    );
  }
  const spans: Span[] = [];
  for (const [at, override] of overrides.entries()) {
    const place = [...path, "overrides", at];
    known(look, { section: "people", name: override.person, path: [...place, "person"] });
    const span = checkSpan(override, {
      zone: zoned ? timezone : "UTC",
      path: place,
      report: look.report,
    });
    const other =
      span && spans.find((otherSpan) => span.from < otherSpan.to && otherSpan.from < span.to);
    if (other)
      look.report.error(
        place,
        `overlaps the override from ${other.said}: every minute has exactly one person`,
      );
    if (span) spans.push(span);
  }
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
  readonly said: string;
}

function checkSpan(
  { from, to }: Schedule["overrides"][number],
  {
    zone,
    path,
    report,
  }: { readonly zone: string; readonly path: Finding["path"]; readonly report: Report },
): Span | null {
  const real = [["from", from] as const, ["to", to] as const].map(([key, text]) =>
    checkDate(text.slice(0, 10), [...path, key], report),
  );
  if (real.includes(false)) return null;
  const [begins, ends] = [from, to].map((text) => atWall(text.slice(0, 10), text.slice(11), zone));
  if (begins === undefined || ends === undefined || begins >= ends) {
    report.error(path, "ends before it begins");
    return null;
  }
  return { from: begins, to: ends, said: from };
}

function checkDate(date: string, path: Finding["path"], report: Report): boolean {
  const real = isDate(date);
  if (!real) report.error(path, `${date} is no day of the calendar`);
  return real;
}

/** Whether the zone exists; says so if it does not. */
export function checkZone(zone: string, path: Finding["path"], report: Report): boolean {
  const exists = zoneExists(zone);
  if (!exists) report.error(path, `no time zone “${zone}”`, "IANA names like Europe/London");
  return exists;
}

/** A period people can live by: whole hours, days or weeks, a weekday only with weeks. */
export function checkRecurrence(
  { every, on, from }: Schedule["handoff"],
  path: Finding["path"],
  report: Report,
): void {
  if (!/^0*[1-9]\d*[hdw]$/.test(every)) {
    report.error(
      [...path, "every"],
      `“${every}” is no period to repeat by`,
      "whole hours, days or weeks: 12h, 1d, 1w",
    );
  }
  if (on !== undefined && !every.endsWith("w"))
    report.error([...path, "on"], "a weekday needs a period of weeks", "every: 1w");
  if (from !== undefined) checkDate(from, [...path, "from"], report);
}
