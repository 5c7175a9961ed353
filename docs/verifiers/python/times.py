"""Times: instants in milliseconds, wall clocks in zones, working hours (docs/log-format.md §7.2, §7.4)."""

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z"
)
UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY, "w": 7 * DAY}
NEVER = float("inf")


def parse(text):
    """The instant of a time of the log; None if it is not of that form, or does not exist."""
    found = FORM.fullmatch(text)
    if not found:
        return None
    try:
        year, month, day, hour, minute, second, milli = map(int, found.groups())
        return _millis(datetime(year, month, day, hour, minute, second, milli * 1000, timezone.utc))
    except ValueError:
        return None


def instant(text):
    at = parse(text)
    if at is None:
        raise ValueError(f"{text} is no time")
    return at


def or_none(text):
    return None if text == "" else instant(text)


def text_of(at):
    """The instant as the log writes it."""
    moment = EPOCH + timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{at % 1000:03d}Z"


def duration(text):
    """45s, 10m, 4h, 3d, 2w in milliseconds; at most a century."""
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    length = int(found[1]) * UNITS[found[2]] if found else None
    if length is None or length > 36_525 * DAY:
        raise ValueError(f"{text} is no duration")
    return length


def _millis(moment):
    return (moment - EPOCH) // timedelta(milliseconds=1)


def wall(at, zone):
    """What the wall clock of a zone shows."""
    return (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=4096)
def resolve(shown, zone):
    """The instant of a wall time: in a gap the first instant after it, of two the first."""
    tz = ZoneInfo(zone)
    before, after = (_millis(shown.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    if wall(before, zone) == shown:
        return before
    # In a gap: somewhere between these two the clock moves, and that is the first instant after it.
    low, high = min(before, after), max(before, after)
    offset = _offset(high, zone)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(middle, zone) == offset else (middle, high)
    return high


def _offset(at, zone):
    moment = (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))
    return moment.utcoffset() // timedelta(milliseconds=1)


def at_wall(day, hour, zone):
    """A date, and a time HH:MM."""
    return resolve(datetime.combine(day, time.fromisoformat(hour)), zone)


def weekday(name):
    """mon … sun as 1 … 7."""
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name[:3]) + 1


class Recurrence:
    """A fixed time that comes again: every so many hours, days or weeks of the wall clock."""

    def __init__(self, doc):
        found = re.fullmatch(r"([0-9]+)([hdw])", doc["every"])
        self.count, self.unit = int(found[1]), found[2]
        start = date.fromisoformat(doc.get("from", "2001-01-01"))
        if "on" in doc:
            start += timedelta(days=(weekday(doc["on"]) - start.isoweekday()) % 7)
        self.first = datetime.combine(start, time.fromisoformat(doc["at"]))
        self.length = self.count * UNITS[self.unit]

    def occurrence(self, period, zone):
        return resolve(self.first + timedelta(milliseconds=self.length * period), zone)

    def period_at(self, at, zone):
        """The last period that has begun; -1 before the first."""
        since = at + _offset(at, zone) - _millis(self.first.replace(tzinfo=timezone.utc))
        period = max(-1, since // self.length)
        while (period + 1) * self.length - since <= DAY and self.occurrence(period + 1, zone) <= at:
            period += 1
        return period

    def after(self, at, zone):
        return self.occurrence(self.period_at(at, zone) + 1, zone)


class Hours:
    """Working hours; their end belongs to them."""

    def __init__(self, doc):
        self.zone, self.start, self.end = doc["timezone"], doc["from"], doc["to"]
        self.days = _days(doc["days"])

    def _closes(self, day):
        return at_wall(day, self.end, self.zone)

    def contain(self, at):
        day = wall(at, self.zone).date()
        opens = at_wall(day, self.start, self.zone)
        return day.isoweekday() in self.days and opens <= at <= self._closes(day)

    def earlier(self, at, not_before):
        """The latest instant in them that is not after `at`; `at` where that is not after
        `not_before`."""
        if self.contain(at):
            return at
        today = wall(at, self.zone).date()
        for back in range(8):
            day = today - timedelta(days=back)
            if day.isoweekday() in self.days and self._closes(day) <= at:
                return self._closes(day) if self._closes(day) > not_before else at
        return at

    def working_days_before(self, at, count):
        shown = wall(at, self.zone)
        day = shown.date()
        while count > 0:
            day -= timedelta(days=1)
            count -= day.isoweekday() in self.days
        return resolve(datetime.combine(day, shown.time()), self.zone)

    def next_day(self, at):
        return at_wall(wall(at, self.zone).date() + timedelta(days=1), "00:00", self.zone)


def _days(days):
    if not isinstance(days, str):
        return {weekday(day) for day in days}
    first, _, last = days.partition("-")
    begin, end = weekday(first), weekday(last or first)
    return {(begin - 1 + ahead) % 7 + 1 for ahead in range((end - begin) % 7 + 1)}
