"""What is asked of every entry, and of people, sessions and accounts (docs/log-format.md §7.1)."""

from finding import inconsistent, is_same_set, unauthorized
from looser import looser
from policy import PAUSED
from times import instant

ANY_PERSON = ("person",)
MAKERS = {
    "policy.adopted": ("operator", "person"),
    "policy.proposed": ("operator",),
    "escalation.opened": ("policy", "person", "operator", "stranger"),
    "escalation.updated": ("policy",),
    "escalation.acknowledged": ANY_PERSON,
    "acknowledge.missed": ("policy",),
    "authority.passed": ("policy",),
    "escalation.moved": ("policy",),
    "oncall.changed": ("policy",),
    "decision.proposed": ANY_PERSON,
    "decision.confirmed": ANY_PERSON,
    "decision.lapsed": ("policy", "person"),
    "decision.made": ("person", "policy"),
    "decision.explained": ANY_PERSON,
    "decision.denied": ("person", "stranger", "operator"),
    "reassessment.set": ("person", "policy"),
    "reassessment.reminded": ("policy",),
    "reassessment.overdue": ("policy",),
    "reassessment.warned": ("policy",),
    "escalation.closed": ("policy", "person"),
    "enforcement.reported": ("policy", "gateway"),
    "rehearsal.answered": ("person", "policy"),
    "retest.followed": ("policy",),
    "signal.noted": ("policy",),
    "trigger.shadowed": ("policy",),
    "person.away": ANY_PERSON,
    "session.issued": ("operator", "person"),
    "session.used": ANY_PERSON,
    "session.ended": ANY_PERSON,
    "identity.bound": ("operator", "person"),
    "identity.changed": ("operator", "person"),
    "identity.linked": ANY_PERSON,
    "identity.unlinked": ("person", "operator"),
    "log.restored": ("operator",),
    "key.rotated": ("operator",),
    "redaction.asked": ANY_PERSON,
    "log.redacted": ANY_PERSON,
    "hold.placed": ("person", "operator"),
    "hold.lifted": ANY_PERSON,
    "record.read": ("auditor", "operator", "person"),
}
TEN_MINUTES = 600_000


def is_of_org(kind):
    named = ("policy.adopted", "policy.proposed", "person.away", "record.read", "key.rotated")
    return kind in named or kind.startswith(("session.", "identity.", "log.", "redaction.", "hold."))


def check_base(m):
    entry, kind = m.entry, m.entry["kind"]
    if entry["policy"] != m.org.policy:
        yield inconsistent(f"the policy {entry['policy'] or 'none'} is not the one in force")
    if (entry["subject"] == "org") != is_of_org(kind):
        yield inconsistent(f"a {kind} is not about {entry['subject']}")
    if "deployment" in entry and entry["deployment"] != m.state.id:
        yield inconsistent("its subject and its deployment differ")
    if entry["actor"]["type"] not in MAKERS[kind]:
        yield unauthorized(f"a {kind} is never made by {entry['actor']['type']}")
    if m.actor is not None and m.actor not in m.memory.named:
        yield inconsistent(f"{m.actor} was not named by any policy until then")
    yield from _check_link(m)


def _check_link(m):
    link, surface = m.entry.get("link"), m.entry["surface"]
    if m.actor is None or m.entry["kind"] == "identity.linked":
        return
    if link is not None and m.memory.logins.get(link) != m.actor:
        yield inconsistent(f"{link} is no login link made for {m.actor}")
    if surface in ("slack", "teams") and m.org.linked_by.get((m.actor, surface)) != link:
        yield inconsistent(f"their account in {surface} rests on another login link, or on none")


def check_adopted(m, following, was, states):
    entry = m.entry
    if following is None:
        yield inconsistent("the policy that it adopts is not there or cannot be read")
    if entry["before"] != m.org.policy:
        yield inconsistent("it replaces a policy that was not in force")
    if entry["digest"] == entry["before"]:
        yield inconsistent("it adopts the policy that is in force")
    said = [entry[key] for key in ("person", "confirmer") if key in entry]
    if any(person not in following.people for person in said):
        yield inconsistent("it names somebody whom the policy does not name")
    if len(said) == 2 and said[0] == said[1]:
        yield inconsistent("it names one person as who adopted it and as who agreed")
    yield from _check_started(m, following, states)
    for state in states:
        yield from _check_kept(state, was, following)
    told = {item["deployment"] for item in entry["looser"]}
    loosened = list(looser(was, following)) if was else []
    if was and was.adoption is not None and loosened:
        yield from _check_confirmed(m, {deployment for deployment, _ in loosened})
    for deployment, what in loosened:
        if deployment not in told:
            yield inconsistent(f"it does not say that it loosens “{deployment}”: {what}")


def _check_confirmed(m, deployments):
    """A looser policy, where the one before asks for a second person."""
    entry, proposal = m.entry, m.org.proposed
    if proposal is None or (entry.get("proposal"), entry["digest"]) != (proposal["id"], proposal["digest"]):
        yield unauthorized("it loosens without a proposal that a second person confirmed")
        return
    person = entry["actor"].get("person")
    if person == proposal["person"] or not _may_confirm_policy(m, deployments, person):
        yield unauthorized(f"{person} confirmed it, who may not")
    if m.org.rebound.get(person, 0) > m.now:
        yield unauthorized(f"{person} confirmed it with a new account")
    if "link" in entry:
        yield unauthorized("it was confirmed by a login link of the operator")
    if instant(proposal["expires"]) < m.now:
        yield inconsistent("the time to confirm it had passed")


def _may_confirm_policy(m, deployments, person):
    policy = m.s.policy
    if person not in policy.people:
        return False
    if policy.adoption:
        return person in policy.adoption
    return all(
        (own := policy.deployments.get(name)) is not None
        and own.owner != person
        and person in m.s.people(own.authority["widen"]["confirm"]["by"])
        for name in deployments
    )


def check_proposed_policy(m):
    if m.entry["before"] != m.org.policy:
        yield inconsistent("it would replace a policy that is not in force")
    if not m.entry["looser"]:
        yield inconsistent("it loosens nothing, and asks somebody")
    if instant(m.entry["expires"]) > m.now + 7 * DAY:
        yield inconsistent("it waits longer than 7 days")


def _check_started(m, following, states):
    begun = {state.id for state in states if state.scope is not None}
    new = [name for name in following.deployments if name not in begun]
    if not is_same_set([item["deployment"] for item in m.entry["started"]], new):
        yield inconsistent("it starts others than those that are new")
    for item in m.entry["started"]:
        deployment = following.deployments.get(item["deployment"])
        if deployment is None:
            continue
        if item["scope"] != deployment.starts:
            yield inconsistent("it starts one elsewhere than the policy says")
        by = item["reassessBy"]
        if by and instant(by) > deployment.review_by("keep", m.now, by_people=False):
            yield inconsistent("it reviews one later than the policy says")


def _check_kept(state, was, following):
    """What restricts now keeps its name and its meaning."""
    before = was.deployments.get(state.id) if was else None
    after = following.deployments.get(state.id)
    if before is None or state.scope is None:
        return
    is_restricted = before.level(state.scope) > 0
    if after is None:
        if is_restricted and state.decided is not None:
            yield unauthorized(f"it leaves out “{state.id}”, which is restricted")
        if any(f.status == "open" and not f.is_acknowledge_only() for f in state.escalations):
            yield inconsistent(f"it leaves out “{state.id}” while something is open")
    elif is_restricted and state.scope != PAUSED:
        meaning = after.scope_text(state.scope)
        if meaning is None:
            yield unauthorized(f"it has no scope “{state.scope}”, which is in force")
        if before.scope_text(state.scope) not in (None, meaning):
            yield unauthorized(f"it changes what “{state.scope}” means")


def check_away(m):
    person = m.entry["person"]
    if m.actor is None or m.actor == person:
        return
    may = set()
    for deployment in m.s.policy.deployments.values():
        for authority in m.s.policy.authorities(deployment.id):
            restrict, widen = authority["restrict"], authority["widen"]
            if person in m.s.people([restrict["decider"], widen["decider"]]):
                may |= set(m.s.people([*restrict["deputies"], *widen["deputies"]])) | {deployment.owner}
    if m.actor not in may:
        yield unauthorized(f"{m.actor} may not mark {person} as away")


def check_issued(m):
    own = m.actor == m.entry["person"] and m.entry["surface"] in ("slack", "teams")
    if "signIn" in m.entry:
        yield from _check_sign_in(m, m.entry["signIn"]["account"])
    elif m.entry["actor"]["type"] == "person" and not own:
        yield unauthorized("it makes a login link for a person, and not they themselves in a chat")
    if m.entry["person"] not in m.s.policy.people:
        yield inconsistent("it makes a login link for somebody whom the policy does not name")
    if instant(m.entry["expires"]) > m.now + TEN_MINUTES:
        yield inconsistent("its login link is good for longer than ten minutes")


def _check_sign_in(m, account):
    if m.actor != m.entry["person"] or m.entry["surface"] != "console":
        yield unauthorized("it signs a person in, and not they themselves on the console")
    elif account not in m.org.bound.get(m.actor, {}):
        yield unauthorized("it signs a person in by an account that is not on record as theirs")


def check_used(m):
    person, issued = m.entry["person"], m.entry["issued"]
    if m.actor != person or m.memory.logins.get(issued) != person:
        yield unauthorized("it lets somebody in by a link that was not made for them")
    link = m.org.links.get(issued)
    if link and (link.used or link.ended or link.until < m.now):
        yield inconsistent("that login link had been used or ended, or had expired")


def check_ended(m):
    person = m.entry["person"]
    if m.actor != person:
        yield unauthorized("it ends a session in the name of another")
    if any(m.memory.logins.get(issued) != person for issued in m.entry["issued"]):
        yield inconsistent("it ends what is no login link made for them")


def check_bound(m):
    for item in m.entry["bound"]:
        if item["person"] not in m.s.policy.people:
            yield inconsistent(f"it records {item['person']}, whom the policy does not name")
        known = m.org.bound.get(item["person"], {})
        if any(part["of"] in known for part in item["parts"]):
            yield inconsistent("it records something as if nothing had been recorded before")


def check_changed(m):
    entry, person = m.entry, m.entry["person"]
    if (person in m.s.policy.people) == (entry["what"] == "removed"):
        yield inconsistent(f"it says {entry['what']}, which the policy does not")
    if entry["what"] == "added":
        return
    known = m.org.bound.get(person, {})
    for change in entry["changes"]:
        if known.get(change["of"]) and change["before"] != known[change["of"]]:
            yield inconsistent(f"what it says was theirs is not what is on record")
    rebind = m.s.policy.rebind
    if not m.org.bound or rebind == 0 or entry["what"] != "changed":
        return
    is_new = any(
        change["of"] in ("slack", "teams", "oidc")
        and change["after"]
        and change["before"] != change["after"]
        for change in entry["changes"]
    )
    if is_new and ("rebind" not in entry or instant(entry["rebind"]) < m.now + rebind):
        yield inconsistent("an account is new, and it does not say so for as long as the policy does")


def check_linked(m):
    entry, person, chat = m.entry, m.entry["person"], m.entry["chat"]
    if m.actor != person:
        yield unauthorized("it links an account in the name of another")
    if person not in m.s.policy.people:
        yield inconsistent("it links an account to somebody whom the policy does not name")
    if (person, chat) in m.org.linked or chat in m.org.bound.get(person, {}):
        yield inconsistent(f"they had an account in {chat} already")
    if "link" in entry and m.memory.logins.get(entry["link"]) != person:
        yield inconsistent("it rests on what is no login link made for them")


def check_unlinked(m):
    if (m.entry["person"], m.entry["chat"]) not in m.org.linked:
        yield inconsistent("they had linked no account in that chat")
    if m.entry["because"] == "asked" and m.actor != m.entry["person"]:
        yield unauthorized("it unlinks an account in the name of another")


DAY = 86_400_000


def check_erasure_asked(m):
    yield from _check_eraser(m)
    if (m.entry["person"] == "") == (m.entry["entry"] == ""):
        yield inconsistent("it asks for a person and an entry to be erased, or for neither")
    if instant(m.entry["expires"]) > m.now + DAY:
        yield inconsistent("its request waits longer than a day")


def check_erased(m):
    entry = m.entry
    yield from _check_eraser(m)
    asked = m.org.erasures.get(entry["asked"])
    if asked is None:
        yield inconsistent(f"nobody waits for an agreement to {entry['asked']}")
        return
    if asked["by"] == m.actor:
        yield unauthorized(f"{m.actor} asked for the erasure and agreed to it alone")
    if m.s.policy.redact is not None and not _may_erase(m.s.policy, asked["by"]):
        yield unauthorized("whoever asked for it may not erase any more")
    if (asked["person"], asked["entry"]) != (entry["person"], entry["entry"]):
        yield inconsistent("it erases something else than was asked for")
    if asked["until"] < m.now:
        yield inconsistent("the time to agree to it had passed")


def check_held(m):
    entry = m.entry
    if entry["actor"]["type"] == "person" and m.actor not in m.s.policy.people:
        yield unauthorized("whoever did it is not named by the policy in force")
    if (entry["what"] == "everything") != (entry["target"] == ""):
        yield inconsistent("it does not say what is held")


def check_lifted(m):
    if m.actor is None or not _may_erase(m.s.policy, m.actor):
        yield unauthorized("whoever did it is not among those who may erase")
    if "link" in m.entry:
        yield unauthorized("it was done by a login link of the operator")
    if m.entry["hold"] not in m.org.holds:
        yield inconsistent("no such hold stands")


def _check_eraser(m):
    if m.actor is None or m.actor not in m.s.policy.people:
        yield unauthorized("whoever did it is not named by the policy in force")
    elif not _may_erase(m.s.policy, m.actor):
        yield unauthorized("whoever did it is not among those who may erase")
    if "link" in m.entry:
        yield unauthorized("it was done by a login link of the operator")


def _may_erase(policy, person):
    return person in policy.people and (policy.redact is None or person in policy.redact)
