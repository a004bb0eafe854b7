"""Rules that give the same thing: several of them on one page are no sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hepatica.clinic.assess.model import Recommendation, Standing

ALBUMIN = {"albumin", "albumin-in-peritonitis"}
PROPOSES = (Standing.APPLIES, Standing.WEIGH, Standing.CHECK_FIRST)


def not_added(plan: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    """The plan, each rule on albumin with the others whose albumin is not added to its own.

    Authorities side by side on one question are one name: that they are no sum stands above them.
    """
    names = {
        rule.id: _name(rule, plan)
        for rule in plan
        if rule.standing in PROPOSES and ALBUMIN & set(rule.gives)
    }
    return tuple(
        msgspec.structs.replace(rule, not_added_to=_others(names[rule.id], names.values()))
        if rule.id in names
        else rule
        for rule in plan
    )


def _others(name: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(names) if one != name)


def _name(rule: Recommendation, plan: Sequence[Recommendation]) -> str:
    """What the rule is called: by its question, unless that is not about albumin alone."""
    group = [one for one in plan if one.beside == rule.beside]
    alone = all(ALBUMIN & set(one.gives) for one in group)
    return rule.beside if rule.beside and alone else rule.title
