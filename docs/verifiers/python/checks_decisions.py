"""Decisions, resumes and reviews: who may, and what follows (docs/log-format.md §7.1)."""

from checks_escalations import check_on_call
from finding import UNREACHED, inconsistent, is_same_set, unauthorized
from policy import PAUSED
from shapes import is_sealed
from state import UNMATCHED
from times import NEVER, instant, text_of

DAY = 86_400_000


def _by_id(m):
    return m.state.find(m.entry["escalation"]) if m.entry["escalation"] else None


def _ungoverned(m):
    is_governed = m.s.deployment is not None and m.state.scope is not None
    return None if is_governed else inconsistent("it decides about no deployment of the policy")


def check_holds(m, capability, escalations):
    """Whoever acts holds the rule that the entry names: restricting by one escalation's rules,
    widening by those of all."""
    authority = m.entry["authority"]
    asked = "breakGlass" if authority == "breakGlass" else capability
    rules = [m.rules(asked, m.actor, found) for found in escalations]

    def holds(names):
        if capability == "start":
            return all(names) and names[0] == authority
        return authority in names

    if holds([shown for shown, _ in rules]):
        return
    if holds([claimed for _, claimed in rules]):
        m.claim(UNREACHED)
        return
    yield unauthorized(f"{m.actor} did not hold {authority}")


def _check_settles(m, expected):
    if not is_same_set(m.entry["settles"], expected):
        yield inconsistent(f"by the rules it settles {', '.join(expected) or 'nothing'}")


def _check_deviation(m, expected):
    if m.entry["deviation"] != expected:
        yield inconsistent(f"by the rules it differs from the plan by “{expected}”")


def check_made(m):
    entry = m.entry
    finding = _ungoverned(m)
    if finding:
        yield finding
    yield from _check_makers(m)
    if entry["undoes"]:
        yield from _check_undone(m)
    elif entry["decision"] == "resume":
        yield from _check_resumed(m)
    elif entry["actor"]["type"] == "policy":
        is_overdue = m.entry["authority"] == "reassess.onOverdue"
        yield from _check_on_overdue(m) if is_overdue else _check_by_policy(m)
    elif entry["decision"] in ("narrow", "pause"):
        yield from _check_may_restrict(m)
        yield from _check_restricts(m)
    else:
        yield from _check_answer(m)
    yield from _check_posture(m)
    yield from _check_review(m)
    yield from _check_links(m)
    yield from _check_group(m)


def _check_group(m):
    """What was said of a group or a model was decided of deployments that are of it."""
    entry, group = m.entry, m.entry.get("group")
    if group is None:
        return
    if entry["decision"] not in ("narrow", "pause") or entry["undoes"] or not entry["people"]:
        yield inconsistent("it is of a group, and no narrow or pause by a person")
    members = m.s.policy.together(group["name"])
    if entry["deployment"] not in members:
        yield inconsistent("it was said of a group to which its deployment does not belong")
    if not 1 <= group["count"] <= len(members):
        yield inconsistent("it is one of more or fewer decisions than the group has deployments")


def _check_makers(m):
    entry, people = m.entry, m.entry["people"]
    if len(set(people)) != len(people):
        yield unauthorized("it counts one person twice")
    if m.actor != (people[-1] if people else None):
        yield unauthorized("it was made in the name of others")
    if (entry["authority"] == "breakGlass") != entry["breakGlass"]:
        yield inconsistent("it is marked as break-glass and made by another rule, or the reverse")
    if (entry["cause"] == "") != (len(people) > 0):
        yield inconsistent("a decision by policy says why nobody decided, one of people does not")


def _check_posture(m):
    entry, before, after = m.entry, m.entry["before"], m.entry["after"]
    if before != m.state.scope:
        yield inconsistent(f"“{m.state.scope}” was in force before")
    version = m.state.version + (before != after)
    if entry["version"] != version:
        yield inconsistent(f"it makes version {version} of the posture")
    if after != PAUSED and after not in m.s.deployment.scope_ids() and after != before:
        yield inconsistent(f"“{after}” is no scope")
    if entry["decision"] in ("keep", "retest", "monitor") and after != before:
        yield inconsistent("it changes the posture, which such a decision does not")


def _check_review(m):
    entry, kind = m.entry, m.entry["decision"]
    at_most = DAY if entry["breakGlass"] else None
    is_aside = kind in ("retest", "monitor")
    by_people = is_aside or entry["cause"] == ""
    latest = m.s.deployment.review_by(kind, m.now, at_most, by_people)
    if is_aside and m.state.review:
        latest = min(latest, m.state.review.by)
    if instant(entry["reassessBy"]) > latest:
        yield inconsistent("it is asked again later than the policy says")


def _check_links(m):
    entry, proposal = m.entry, m.state.proposal
    is_waiting_alone = proposal and proposal.waits and proposal.authority == "breakGlass"
    is_alone = entry["breakGlass"] and not is_waiting_alone
    is_resume = entry["decision"] == "resume" and entry["undoes"] == ""
    links = proposal.links if is_resume and proposal and not is_alone else {}
    expected = [
        person
        for person in entry["people"]
        if person in links or ("link" in entry and person == m.actor)
    ]
    if not is_same_set(entry.get("byLink", []), expected):
        yield inconsistent("it names others as signed in by a login link")


def _check_may_restrict(m):
    if m.actor is None:
        return
    addressed = _addressed(m)
    yield from check_holds(m, "restrict", [None, *addressed, *m.s.live()])


def _addressed(m):
    """The escalations that a restriction is said to."""
    found = _by_id(m)
    if found and (found.is_decidable() or found.trigger == UNMATCHED):
        return [found]
    settled = [f for f in m.state.escalations if f.status == "settled" and f.is_decidable()]
    return m.state.undecided() or settled[-1:]


def _check_restricts(m):
    entry, deployment, scope = m.entry, m.s.deployment, m.state.scope
    after = entry["after"]
    if deployment.level(after) < deployment.level(scope):
        yield unauthorized(f"it widens “{scope}” to “{after}”")
    if entry["decision"] == "pause" and after != deployment.narrower(scope, PAUSED):
        yield inconsistent("it is a pause, and leaves something in force")
    main = _by_id(m)
    if entry["escalation"] and not main:
        yield inconsistent("it answers what is not open")
    settled = [
        found.id
        for found in m.state.escalations
        if found.status == "open"
        and (found.is_decidable() or (found.trigger == UNMATCHED and found.id == entry["escalation"]))
        and deployment.meets(found.response, after)
        and not (entry["authority"] == "act.first" and found.id == entry["escalation"])
    ]
    yield from _check_settles(m, settled)
    yield from _check_deviation(m, _deviation(deployment, main.response if main else None, after))
    if entry["reasonToFollow"] != (entry["reason"] == "" and entry["cause"] == ""):
        yield inconsistent("whether its reason is to follow does not fit")


def _deviation(deployment, response, after):
    if response is None:
        return "unplanned"
    plan, did = deployment.strength(response), deployment.level(after)
    return "none" if did == plan else "stricter" if did > plan else "weaker"


def _check_first(m):
    """A trigger that acts first: in the moment in which it opened, and once."""
    entry, found = m.entry, _by_id(m)
    trigger = found and m.s.pinned(found.policy).triggers.get(found.trigger)
    is_due = found and found.status == "open" and found.opened_at == m.now and found.decided is None
    if not is_due or not trigger or not trigger.acts_first:
        yield unauthorized("the policy acts first on what no trigger says so of")
    if found.verdict != "fired" or found.response is None:
        yield unauthorized("the policy acts first on what did not fire")
    if entry["cause"] != "at once":
        yield inconsistent("it acts first, and gives another cause")
    yield from _check_planned(m, found.response)


def _check_by_policy(m):
    entry, found = m.entry, _by_id(m)
    if entry["authority"] == "act.first":
        yield from _check_first(m)
        return
    if entry["authority"] != "onTimeout.respond":
        yield unauthorized("the policy decides by onTimeout.respond alone")
    is_aside = found is not None and _is_aside(m, found)
    if not found or not found.is_decidable() or found.response is None:
        yield unauthorized("the policy answers what waits for no answer of its own")
    if found.status != "open" and not is_aside:
        yield unauthorized("the policy answers what waits for no answer of its own")
    until = NEVER if found.decide_by is None else found.decide_by
    if until > m.now:
        yield unauthorized("the policy answers before its time")
    due = found.acknowledgement_due()
    if due is not None and due <= m.now:
        yield inconsistent("nobody had acknowledged it in time, and no entry says so")
    yield from _check_cause(m, found)
    yield from _check_settles(m, []) if is_aside else _check_planned(m, found.response)


def _is_aside(m, found):
    """A further part of the written response, beside what settles it, in the same moment."""
    entry, made = m.entry, found.decided
    trigger = m.s.pinned(found.policy).triggers.get(found.trigger)
    is_same_moment = found.status == "settled" and made and made.authority == "onTimeout.respond"
    if entry["settles"] or not (found.status == "open" or (is_same_moment and made.at == m.now)):
        return False
    return any(_is_part(m, part) for part in (trigger.parts if trigger else []))


def _is_part(m, part):
    entry = m.entry
    if part["kind"] != entry["decision"] or part["kind"] in ("narrow", "pause"):
        return False
    if part["kind"] == "monitor":
        return (entry["monitor"], entry["by"], entry["due"]) == (part["monitor"], "", "")
    by = part["by"] if part["by"] in m.s.policy.people else ""
    due = "" if part["within"] is None else text_of(m.now + part["within"])
    suite = entry.get("suite", "")
    is_suite = part["suite"] == "" or is_sealed(suite) or suite == part["suite"]
    return is_suite and (entry["by"], entry["due"], entry["monitor"]) == (by, due, "")


def _check_cause(m, found):
    is_absent = found.decider == "" or m.s.is_away(found.decider)
    if m.entry["cause"] == "unreachable":
        if not is_absent:
            m.claim(UNREACHED)
        return
    is_known = found.is_seen() or len(found.undone) > 0
    if is_absent or m.entry["cause"] != ("seen, not decided" if is_known else "nobody seen"):
        yield inconsistent("the entries before it give another cause")


def _check_planned(m, response):
    entry, deployment = m.entry, m.s.deployment
    if entry["decision"] != response["kind"]:
        yield inconsistent(f"its response is {response['kind']}")
    if response["kind"] in ("retest", "monitor"):
        yield from _check_settles(m, [entry["escalation"]])
        return
    asked = response["scope"] if response["kind"] == "narrow" else PAUSED
    if entry["after"] != deployment.narrower(m.state.scope, asked):
        yield inconsistent("its response gives another scope")
    yield from _check_restricts(m)


def _check_answer(m):
    """Keep, re-test and monitor: they leave the posture as it is."""
    entry, found = m.entry, _by_id(m)
    if m.actor is not None:
        capability = "start" if entry["decision"] == "keep" else "restrict"
        yield from check_holds(m, capability, m.s.live())
    is_answerable = found and (found.is_decidable() or found.trigger == UNMATCHED)
    if entry["escalation"] and not is_answerable:
        yield inconsistent("it answers what nobody can decide now")
    open_one = [found.id] if found and found.status == "open" else []
    if entry["decision"] == "keep":
        yield from _check_settles(m, open_one)
        yield from _check_deviation(m, "other" if open_one and found.response else "none")
        if entry["reason"] == "":
            yield inconsistent("it leaves the posture as it is without a reason")
        return
    plan = found.response if found else None
    is_mild = plan is None or plan["kind"] in ("retest", "monitor")
    is_named = bool(found) and entry["people"][:1] != [] and entry["people"][0] in found.named
    yield from _check_settles(m, open_one if is_mild or is_named else [])
    yield from _check_deviation(m, _mild_deviation(m, plan))


def _mild_deviation(m, plan):
    if plan is None:
        return "unplanned"
    is_mild = plan["kind"] in ("retest", "monitor")
    if plan["kind"] == m.entry["decision"]:
        return "none"
    if not is_mild and m.s.deployment.meets(plan, m.state.scope):
        return "none"
    return "other" if is_mild else "weaker"


def _check_undone(m):
    entry, last = m.entry, m.state.last
    if last is None or last.entry != entry["undoes"]:
        yield inconsistent("it takes back what is not the last decision")
    if entry["authority"] != "undo" or entry["decision"] != "resume":
        yield inconsistent("it is not written as an undo")
    if m.actor is None or len(entry["people"]) != 1 or last.people[:1] != [m.actor]:
        yield unauthorized("it takes back a decision of others")
    if not any(m.actor in m.s.holders(capability) for capability in ("restrict", "breakGlass")):
        yield unauthorized(f"{m.actor} may not restrict any more")
    about = [found for found in m.state.escalations if found.decided and found.decided.entry == last.entry]
    if any(found.undone.count(last.people[0]) >= 3 for found in about):
        yield unauthorized(f"{m.actor} had taken back as many as anybody may")
    if m.now > last.at + m.s.deployment.undo:
        yield unauthorized("it takes back a decision after the time for that")
    if last.decision not in ("narrow", "pause") or last.before == last.after:
        yield unauthorized("it takes back what restricted nothing")
    if entry["after"] != last.before:
        yield unauthorized("it sets another scope than was in force before")
    if last.escalation != entry["escalation"] and entry["escalation"] not in last.settles:
        yield inconsistent("the decision was not about that escalation")
    if any(found.id != entry["escalation"] for found in m.state.undecided()):
        yield unauthorized("it widens while something else waits for an answer")
    yield from _check_settles(m, [])
    if "reopens" in entry:
        yield from _check_reopened(m, about)


def _check_reopened(m, about):
    reopens = m.entry["reopens"]
    if not is_same_set([item["escalation"] for item in reopens], [found.id for found in about]):
        yield inconsistent("it opens others than the decision had settled")
    for found in about:
        clocks = next(item for item in reopens if item["escalation"] == found.id)
        times = (("decideBy", found.decide_by), ("acknowledgeBy", found.acknowledge_by))
        if any(clocks[key] and instant(clocks[key]) > _latest(found, was, m.now) for key, was in times):
            yield inconsistent(f"it gives {found.id} more time than was left")


def _latest(found, by, now):
    if by is None:
        return -NEVER
    return by if found.settled_at is None or by <= found.settled_at else now + by - found.settled_at


def check_proposed(m):
    entry = m.entry
    finding = _ungoverned(m)
    if finding:
        yield finding
    yield from _check_starter(m)
    yield from _check_target(m, entry["to"])
    yield from _check_others(m)
    if m.state.proposal is not None:
        yield inconsistent("another resume waits")
    if entry["reason"] == "":
        yield inconsistent("it requests a resume without a reason")
    needs = 0 if entry["authority"] == "breakGlass" else m.s.seconds_needed(None)
    if entry["needs"] != needs:
        yield inconsistent(f"by the policy it needs {needs} more people")
    if not m.now < instant(entry["expires"]) <= m.now + DAY:
        yield inconsistent("a request waits a day at most")
    yield from _check_waits(m, needs == 0)
    yield from check_on_call(m)


def _check_waits(m, is_last):
    effect = m.entry.get("takesEffect")
    if is_last != (effect is not None):
        yield inconsistent("when it takes effect does not fit how many are needed")
    if effect is not None and instant(effect) <= m.now:
        yield inconsistent("it takes effect before it had been approved")


def _check_starter(m):
    if m.actor is None:
        return
    if any(m.actor in m.s.owners(found) for found in m.s.live()):
        yield unauthorized(f"{m.actor} is the release owner")
    yield from check_holds(m, "start", m.s.live())


def _check_target(m, to):
    deployment = m.s.deployment
    if to != PAUSED and to not in deployment.scope_ids():
        yield inconsistent(f"“{to}” is no scope")
    if deployment.level(to) >= deployment.level(m.state.scope):
        yield inconsistent("it resumes to what is no wider")


def _check_others(m):
    found, name = _by_id(m), m.entry["escalation"]
    if name and (not found or found.is_acknowledge_only()):
        yield inconsistent("it answers what nobody can decide now")
    if any(other.id != name for other in m.state.undecided()):
        yield unauthorized("it widens while something else waits for an answer")


def check_confirmed(m):
    proposal = m.state.proposal
    if proposal is None or proposal.entry != m.entry["proposal"]:
        yield inconsistent("it approves a resume that does not wait")
    if m.actor is not None:
        yield from _check_second(m, m.actor, proposal)
    yield from _check_in_time(m, proposal)
    stand = m.s.approvals_that_stand(proposal)
    needs = max(0, m.s.seconds_needed(proposal) - len(stand) - 1)
    if m.entry["needs"] != needs:
        yield inconsistent(f"by the policy it needs {needs} more people")
    yield from _check_waits(m, needs == 0)


def _check_second(m, person, proposal):
    if person == proposal.by:
        yield unauthorized(f"{person} requested the resume, and cannot approve it as well")
    if person not in m.s.in_all("confirm", m.s.live()):
        yield unauthorized(f"{person} approved the resume without the right to")
    if any(person == other for other, _ in proposal.approved):
        yield unauthorized(f"{person} had approved the resume already")


def _check_in_time(m, proposal):
    if proposal.waits:
        yield inconsistent("everybody needed had approved it")
    elif proposal.expires <= m.now:
        yield inconsistent("the time of the request had passed")


def check_lapsed(m):
    entry, proposal = m.entry, m.state.proposal
    is_after = proposal is None and m.past.ended == entry["proposal"]
    if not is_after and (proposal is None or proposal.entry != entry["proposal"]):
        yield inconsistent("it ends a resume that does not wait")
    if proposal and entry["because"] == "time" and (proposal.waits or proposal.expires > m.now):
        yield inconsistent("the time of the request had not passed")


def _check_resumed(m):
    entry, proposal = m.entry, m.state.proposal
    yield from _check_others(m)
    if m.s.barred_until(entry["people"]) is not None:
        yield unauthorized("the accounts of all who widen it are new")
    if entry["authority"] == "breakGlass":
        if len(entry["people"]) != 1:
            yield unauthorized("break-glass is one person's")
        yield from _check_starter(m)
        is_waiting = proposal and proposal.waits and proposal.authority == "breakGlass"
        if is_waiting and entry["surface"] == "tick" and proposal.waits > m.now:
            yield inconsistent("it takes effect before its time")
    elif proposal is None or proposal.to != entry["after"]:
        yield unauthorized("nobody had requested it, and a second person approved nothing")
    else:
        yield from _check_agreed(m, proposal)
    yield from _check_target(m, entry["after"])
    found = _by_id(m)
    is_open = found is not None and found.status == "open"
    yield from _check_settles(m, [found.id] if is_open else [])
    yield from _check_deviation(m, "weaker" if is_open and found.response else "none")


def _check_agreed(m, proposal):
    entry, people = m.entry, m.entry["people"]
    seconds = people[1:]
    if people[:1] != [proposal.by]:
        yield unauthorized("it names another as who requested it")
    if len(seconds) < m.s.seconds_needed(proposal):
        yield unauthorized("too few approved it")
    if entry["authority"] != f"{proposal.authority}+widen.confirm":
        yield unauthorized("it was requested by another rule")
    if not m.s.starter_stands(proposal):
        yield unauthorized(f"{proposal.by}, who requested it, may not any more")
    stand = m.s.approvals_that_stand(proposal)
    last = seconds[-1] if seconds and not proposal.waits else None
    if any(person != last and person not in stand for person in seconds):
        yield unauthorized("it counts an approval of which no entry tells")
    if last is not None:
        yield from _check_second(m, last, proposal)
        yield from _check_in_time(m, proposal)
    if proposal.waits and proposal.waits > m.now:
        yield inconsistent("it takes effect before its time")
    if entry["reason"] != proposal.reason:
        yield inconsistent("its reason is another than that of the request")
    for item in entry.get("agreed", []):
        person = item["person"]
        is_own = person == people[-1] and not proposal.waits
        is_given = proposal.agreed.get(person) == item["reason"]
        if person not in people[1:] or not (is_own or is_given):
            yield inconsistent(f"{person} did not give that reason for approving")


def check_set(m):
    entry, review = m.entry, m.state.review
    if (m.actor is not None) != (entry["because"] == "asked"):
        yield inconsistent("a review date is not set for that by such an actor")
    if m.actor is not None and m.actor not in m.s.concerned():
        yield unauthorized(f"{m.actor}, whom the policy does not name here, set the review")
    by = instant(entry["reassessBy"])
    if review is not None and by >= review.by:
        yield inconsistent("it does not move the review earlier")
    if entry["because"] == "change" and by != m.now:
        yield inconsistent("a change asks for the review at once")


def _check_notice(m):
    review = m.state.review
    if review is None or instant(m.entry["reassessBy"]) != review.by:
        yield inconsistent("it is about another review date")
    if instant(m.entry["due"]) > m.now:
        yield inconsistent("it was not due yet")


def check_reminded(m):
    yield from _check_notice(m)
    review, due, deployment = m.state.review, instant(m.entry["due"]), m.s.deployment
    if due in review.reminded:
        yield inconsistent("that reminder had been made already")
    if deployment and due not in deployment.reminders(review.by, review.set_at):
        yield inconsistent("no reminder is due then")


def check_overdue(m):
    yield from _check_notice(m)
    if m.entry["step"] != m.state.review.steps + 1:
        yield inconsistent(f"the next notice was {m.state.review.steps + 1}")
    if instant(m.entry["due"]) <= instant(m.entry["reassessBy"]):
        yield inconsistent("the review was not overdue then")


def check_warned(m):
    yield from _check_notice(m)
    review, deployment = m.state.review, m.s.deployment
    if deployment is None or review is None:
        return
    scope = deployment.overdue_scope(m.state.scope)
    if scope is None or m.entry["scope"] != scope:
        yield inconsistent("by the policy something else follows, or nothing")
        return
    if instant(m.entry["takesEffect"]) < max(m.now + DAY, review.by + deployment.grace):
        yield inconsistent("it gives less than a day, or less than the policy's grace")


def _check_on_overdue(m):
    """People were told of it, and their time has passed."""
    entry, review, deployment = m.entry, m.state.review, m.s.deployment
    scope = deployment.overdue_scope(m.state.scope)
    if scope is None or review is None:
        yield unauthorized("nothing follows an overdue review here")
        return
    if review.warned is None or review.warned[0] != entry["after"]:
        yield unauthorized("nobody was told that this would follow")
        return
    if m.now < max(review.warned[1], review.by + deployment.grace):
        yield unauthorized("the policy restricts before its time")
    if entry["after"] != scope:
        yield unauthorized(f"by the policy “{scope}” follows")
    if entry["decision"] != ("pause" if entry["after"] == PAUSED else "narrow"):
        yield inconsistent("the decision does not fit its scope")
    if entry["cause"] != "not reviewed" or entry["escalation"]:
        yield inconsistent("it says another cause, or an escalation")
    yield from _check_restricts(m)


def check_retest(m):
    entry, retest = m.entry, m.state.retests.get(m.entry["retest"])
    if not retest:
        yield inconsistent("nobody asked for that re-test")
    is_named = not is_sealed(entry["suite"]) and not is_sealed(retest.suite)
    if is_named and entry["suite"] != retest.suite:
        yield inconsistent("the re-test was of another suite")
    if retest.is_over:
        yield inconsistent("that re-test had its result already")
    if entry["what"] == "missed" and (retest.due is None or retest.due > m.now):
        yield inconsistent("it says that the re-test did not come, before its date")


def check_shadowed(m):
    trigger = m.s.policy.triggers.get(m.entry["trigger"])
    if trigger is None or not trigger.shadow or m.state.id not in trigger.deployments:
        yield inconsistent(f"{m.entry['trigger']} is no shadow trigger of this deployment")


def check_explained(m):
    decisions = [m.state.last, *(found.decided for found in m.state.escalations)]
    decided = next((d for d in decisions if d and d.entry == m.entry["explains"]), None)
    if decided is None:
        yield inconsistent("it explains what is no decision here")
    if (decided.people[0] if decided.people else None) != m.actor:
        yield unauthorized("it explains a decision of others")
    if not decided.to_follow:
        yield inconsistent("no reason was to follow that decision")


def check_reported(m):
    entry, deployment = m.entry, m.s.deployment
    if entry["version"] > m.state.version:
        yield inconsistent("it is about a version of the posture that is not there yet")
    is_applied = entry["what"] == "applied"
    if is_applied != (entry["actor"]["type"] == "gateway"):
        yield unauthorized("such an actor does not report that")
    listed = deployment.gateways if deployment else None
    if is_applied and listed is not None and entry["gateway"] not in listed:
        yield unauthorized("it is no gateway of the policy")


def check_denied(m):
    entry = m.entry
    if entry["escalation"] and int(entry["escalation"][3:]) > m.org.last_number:
        yield inconsistent("it is about what had not been opened")
    is_restriction = entry["asked"] in ("pause", "narrow")
    if m.actor is None or not is_restriction or entry["because"] != "not-authorized":
        return
    if all(m.actor in m.s.holders("restrict", found) for found in [None, *m.state.escalations]):
        yield inconsistent(f"{m.actor} had the right to")
