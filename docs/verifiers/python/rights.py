"""Who may do what at a moment (docs/log-format.md §7.3). Rules are pinned when an escalation opens,
people and schedules are current, and the policy in force may take authority away, never add it."""

from policy import NO_POLICY


class Situation:
    """What the rules find before an entry: the policy in force and the state."""

    def __init__(self, now, org, state, policy_of):
        self.now, self.org, self.state, self.policy_of = now, org, state, policy_of
        self.policy = self.pinned(org.policy) if org.policy else NO_POLICY
        self.is_unreached = False

    def pinned(self, digest):
        return self.policy_of(digest) or NO_POLICY

    def at(self, now):
        other = Situation(now, self.org, self.state, self.policy_of)
        other.is_unreached = self.is_unreached
        return other

    def where_nobody_is_reached(self):
        other = self.at(self.now)
        other.is_unreached = True
        return other

    @property
    def deployment(self):
        return self.policy.deployments.get(self.state.id)

    def is_away(self, person):
        return self.org.away.get(person, 0) > self.now

    def person(self, ref):
        """Whom a reference means now; None if nobody."""
        if ref.startswith("schedule:"):
            schedule = self.policy.schedules.get(ref[len("schedule:") :])
            ref = schedule.on_call(self.now) if schedule else None
        return ref if ref in self.policy.people else None

    def people(self, refs):
        """The people that references mean now, each once, in order."""
        return list(dict.fromkeys(person for person in map(self.person, refs) if person))

    def rules(self, escalation):
        """The deployment by the policy that the escalation keeps, and by the one in force."""
        current = self.ruled(escalation)
        if current is None:
            return []
        if escalation is None or escalation.policy == self.policy.digest:
            return [current]
        then = self.pinned(escalation.policy).ruled(self.state.id, escalation)
        return [then, current] if then else [current]

    def ruled(self, escalation):
        return self.policy.ruled(self.state.id, escalation)

    def live(self):
        """What counts for widening: what is live, and what was restricted under rules of its own; None
        alone stands for the deployment as a whole."""
        found = [one for one in self.state.live() if one]
        closed = [
            one
            for one in self.state.under
            if self._has_own_rules(one)
            and all((other.policy, other.trigger) != (one.policy, one.trigger) for other in found)
        ]
        return [*found, *closed] or [None]

    def _has_own_rules(self, one):
        name = self.state.id
        policies = (self.policy, self.pinned(one.policy))
        return any(policy.ruled(name, one) is not policy.deployments.get(name) for policy in policies)

    def _stands_in(self, deployment, escalation):
        """Whether deputies may start a resume: after passing on, or for an absent decider."""
        if escalation is not None and len(escalation.named) > 1:
            return True
        decider = self.person(deployment.authority["widen"]["decider"])
        if decider is None or self.is_away(decider) or self.is_unreached:
            return True
        today = self.ruled(escalation) or deployment
        widen = today.authority["widen"]
        return today.owner == decider or decider not in self.people([widen["decider"], *widen["deputies"]])

    def _holders_under(self, deployment, capability, escalation):
        found = {}
        for rule, refs in refs_for(deployment.authority, capability):
            is_deputy = capability == "start" and rule == "widen.deputy"
            if is_deputy and not self._stands_in(deployment, escalation):
                continue
            for person in self.people(refs):
                found.setdefault(person, rule)
        return found

    def owners(self, escalation):
        return {rules.owner for rules in self.rules(escalation) if rules.owner is not None}

    def holders(self, capability, escalation=None):
        """Everybody who holds a capability, and the rule that gives it, strongest first."""
        all_rules = [self._holders_under(rules, capability, escalation) for rules in self.rules(escalation)]
        if not all_rules:
            return {}
        first, *others = all_rules
        barred = self.owners(escalation) if capability in ("start", "confirm") else set()
        return {
            person: rule
            for person, rule in first.items()
            if person not in barred and all(person in rules for rules in others)
        }

    def in_all(self, capability, escalations):
        first, *rest = [list(self.holders(capability, found)) for found in escalations]
        return [person for person in first if all(person in others for others in rest)]

    def chain(self, escalation):
        """The decider and the deputies, as far as today's rules let them decide."""
        rules = self.rules(escalation)
        if not rules:
            return []
        restrict = rules[0].authority["restrict"]
        chain = self.people([restrict["decider"], *restrict["deputies"]])
        if len(rules) < 2:
            return chain
        allowed = self._holders_under(rules[1], "restrict", escalation)
        return [person for person in chain if person in allowed]

    def concerned(self):
        """Everybody whom the policy names for the deployment."""
        deployment = self.deployment
        if deployment is None:
            return set()
        capabilities = ("acknowledge", "restrict", "start", "confirm", "breakGlass")
        all_refs = [
            ref
            for authority in self.policy.authorities(deployment.id)
            for capability in capabilities
            for _, refs in refs_for(authority, capability)
            for ref in refs
        ]
        named = set(self.people(all_refs))
        return named | {deployment.owner} if deployment.owner else named

    def barred_until(self, people):
        """Until when these cannot widen anything, since all their accounts are new; None = they
        can."""
        ends = [self.org.rebound.get(person, 0) for person in people]
        return min(ends) if ends and all(end > self.now for end in ends) else None

    def seconds_needed(self, proposal):
        """How many a resume needs besides who requested it."""
        rules = [
            policy.ruled(self.state.id, found)
            for found in self.live()
            for policy in ([self.policy, self.pinned(found.policy)] if found else [self.policy])
        ]
        asked = [item.authority["widen"]["confirm"]["people"] for item in rules if item]
        return max(1, proposal.people if proposal else 1, *asked)

    def starter_stands(self, proposal):
        """Whether who requested it may still, by the rules in force, then or now."""
        deployment = self.deployment
        if deployment is None:
            return False
        live = self.live()
        if any(proposal.by in self.owners(found) for found in live):
            return False
        widen = [self.ruled(found).authority["widen"] for found in live]
        return any(
            all(proposal.by in self.at(when).people([may["decider"], *may["deputies"]]) for may in widen)
            for when in (proposal.at, self.now)
        )

    def approvals_that_stand(self, proposal):
        return [
            person
            for person, at in proposal.approved
            if any(
                person in self.at(when).in_all("confirm", self.live()) for when in (at, self.now)
            )
        ]


def refs_for(authority, capability):
    """Which references carry a capability, strongest first, each with the name of the rule."""
    restrict, widen = authority["restrict"], authority["widen"]
    restricting = [
        ("restrict.decider", [restrict["decider"]]),
        ("restrict.deputy", restrict["deputies"]),
        ("restrict.alsoMay", restrict["alsoMay"]),
    ]
    starting = [("widen.decider", [widen["decider"]]), ("widen.deputy", widen["deputies"])]
    return {
        "acknowledge": [("acknowledge", authority["acknowledge"]), *restricting, *starting],
        "restrict": restricting,
        "start": starting,
        "confirm": [("widen.confirm", widen["confirm"]["by"])],
        "breakGlass": [("breakGlass", authority["breakGlass"])],
    }[capability]
