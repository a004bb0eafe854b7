"""A study as it enters a synthesis: arms with events and totals, and what was left out."""

from __future__ import annotations

import msgspec

from hepatica.errors import InputError

__all__ = ["Arm", "LeftOut", "Study", "checked"]


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """Events among all patients of one arm.

    `derived` marks a count that was calculated from a percentage, not printed by the source.
    """

    treatment: str
    events: int
    total: int
    label: str | None = None
    derived: bool = False


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """One trial or cohort with one result per treatment.

    `claim` and `source` are ids in the curated knowledge, absent for a table of the user's;
    `covariate` is what a meta-regression takes as moderator.
    """

    label: str
    arms: tuple[Arm, ...]
    claim: str | None = None
    source: str | None = None
    design: str | None = None
    outcome: str | None = None
    definition: str | None = None
    population: str | None = None
    timepoint: str | None = None
    seen: str | None = None
    caution: str | None = None
    covariate: float | None = None

    @property
    def derived(self) -> bool:
        return any(arm.derived for arm in self.arms)

    def arm(self, treatment: str) -> Arm:
        """The arm on `treatment`; KeyError when the study has none."""
        for arm in self.arms:
            if arm.treatment == treatment:
                return arm
        raise KeyError(treatment)

    @property
    def treatments(self) -> tuple[str, ...]:
        return tuple(arm.treatment for arm in self.arms)


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What did not enter a synthesis and why."""

    what: str
    why: str


def checked(study: Study) -> Study:
    """`study` when its counts are possible; InputError names the study, the arm and the count."""
    for arm in study.arms:
        where = f"study {study.label!r}, arm {arm.treatment!r}"
        if arm.total < 1:
            raise InputError(f"{where}: the total is {arm.total!r}, expected 1 or more patients")
        if not 0 <= arm.events <= arm.total:
            raise InputError(
                f"{where}: {arm.events!r} events among {arm.total!r} patients, "
                f"expected 0 to {arm.total}"
            )
    twice = {t for t in study.treatments if study.treatments.count(t) > 1}
    if twice:
        raise InputError(
            f"study {study.label!r}: the treatment {min(twice)!r} is given twice; "
            "add up its arms or name them apart"
        )
    return study
