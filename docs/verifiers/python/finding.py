"""What is wrong with the meaning of an entry. A check is a generator: its first finding counts."""

UNREACHED = "somebody could not be reached in any chat"
CLOCK = "the clock of the writer was behind the entry above"


class Finding:
    def __init__(self, verdict, because):
        self.verdict, self.because = verdict, because


def unauthorized(because):
    return Finding("UNAUTHORIZED", because)


def inconsistent(because):
    return Finding("INCONSISTENT", because)


def is_same_set(a, b):
    return len(a) == len(b) and all(item in b for item in a)


class Moment:
    """One entry, and all that those before it say."""

    def __init__(self, entry, situation, memory, past, claims):
        self.entry, self.s, self.now = entry, situation, situation.now
        self.state, self.org = situation.state, situation.org
        self.memory, self.past, self.claims = memory, past, claims
        actor = entry["actor"]
        self.actor = actor["person"] if actor["type"] == "person" else None

    def claim(self, what):
        self.claims.add(what)

    def escalation(self):
        """The live escalation that the entry names; None if there is none."""
        return self.state.find(self.entry["escalation"])

    def no_escalation(self):
        return inconsistent(f"it is about {self.entry['escalation']}, which is not open here")

    def rules(self, capability, person, escalation):
        """By which rule somebody holds a capability: as the log shows it, and where somebody could
        not be reached."""
        shown = self.s.holders(capability, escalation).get(person)
        if capability != "start":
            return shown, shown
        return shown, self.s.where_nobody_is_reached().holders(capability, escalation).get(person)
