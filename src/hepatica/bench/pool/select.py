"""Studies for a synthesis from the curated claims: what enters, what is left out and why.

Only events with totals enter. One trial enters once, however many sources report it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hepatica.bench.pool.once import Candidate, label_of, once, trial_of
from hepatica.bench.pool.settings import Pooling, Setting
from hepatica.bench.pool.study import Arm, LeftOut, Study, checked
from hepatica.errors import InputError
from hepatica.evidence.curated import Claim, Figure, Member
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.model import Design

__all__ = ["Selection", "select", "setting_for"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is pooled: `names` are the treatments' names by id, `notes` decisions to show first."""

    title: str
    outcome: str
    studies: tuple[Study, ...]
    left_out: tuple[LeftOut, ...]
    names: dict[str, str]
    notes: tuple[str, ...] = ()
    setting: Setting | None = None


def setting_for(name: str, knowledge: Knowledge, pooling: Pooling) -> Setting:
    """The setting of that id, or the plain one of the family of that id.

    Raises InputError when there is neither.
    """
    if name in pooling.settings:
        return pooling.settings[name]
    if name in knowledge.families:
        family = knowledge.families[name]
        return Setting(id=name, title=family.title, families=(name,), outcome=family.outcome)
    from difflib import get_close_matches

    known = sorted({*pooling.settings, *knowledge.families})
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    raise InputError(
        f"no outcome family {name!r} and no such file; {hint}see `hepatica pool --list`"
    )


def select(
    setting: Setting, knowledge: Knowledge, pooling: Pooling, *,
    derived: bool = False, cohorts: bool = False, parts: bool = False,
    single: bool = False, prefer: tuple[str, ...] = (),
) -> Selection:  # fmt: skip
    """The studies of the families of `setting`.

    `derived` lets counts in that were calculated from percentages, `cohorts` studies that were not
    randomised, `parts` results in some of a trial's patients; `single` is for pooling one arm.
    `prefer` names claims to take where a trial reports several results.
    """
    unknown = [name for name in prefer if name not in knowledge.claims]
    if unknown:
        raise InputError(f"--prefer: no claim {unknown[0]!r}; the left-out list names the claims")
    wanted = [*prefer, *(claim for one in setting.prefer for claim in one.claims)]
    left_out: list[LeftOut] = []
    candidates: list[Candidate] = []
    for claim, member in _members(setting, knowledge):
        found = _refuse(claim, knowledge, pooling, cohorts=cohorts, parts=parts)
        if found is None:
            found = _studies(claim, member, knowledge, pooling, setting, derived, single)
        for entry in found:
            if isinstance(entry, LeftOut):
                left_out.append(entry)
            else:
                trial = trial_of(claim, knowledge, pooling)
                candidates.append(Candidate(trial, entry, len(candidates)))
    studies, doubles = once(candidates, wanted)
    return Selection(
        title=setting.title,
        outcome=setting.outcome,
        studies=studies,
        left_out=tuple(dict.fromkeys((*left_out, *doubles))),
        names=_names(pooling, setting),
        notes=tuple(_notes(setting, knowledge, studies)),
        setting=setting,
    )


def _members(setting: Setting, knowledge: Knowledge) -> Iterator[tuple[Claim, Member]]:
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for family in setting.families:
        for member in knowledge.families[family].members:
            if (member.claim, member.figures) not in seen:
                seen.add((member.claim, member.figures))
                yield knowledge.claims[member.claim], member


def _refuse(
    claim: Claim, knowledge: Knowledge, pooling: Pooling, *, cohorts: bool, parts: bool
) -> list[Study | LeftOut] | None:
    """A line on a claim that cannot enter whatever its figures, or None."""
    source = knowledge.sources[claim.source]
    known = pooling.trial_of(claim.id, claim.source)
    part = pooling.part(claim.id)
    if part is not None and not (parts and known != "overlapping"):
        return [LeftOut(what=claim.id, why=part)]
    if source.status == "retracted":
        return [LeftOut(what=claim.id, why="its source was retracted")]
    if claim.design is Design.META_ANALYSIS:
        return [LeftOut(what=claim.id, why="a pooled result: its trials would count twice")]
    if claim.design is Design.COHORT and not cohorts:
        return [LeftOut(what=claim.id, why="not randomised")]
    if claim.design not in (Design.RCT, Design.COHORT) and known is None:
        return [LeftOut(what=claim.id, why=f"no trial of its own ({claim.design.value})")]
    return None


def _studies(
    claim: Claim, member: Member, knowledge: Knowledge, pooling: Pooling, setting: Setting,
    derived: bool, single: bool,
) -> list[Study | LeftOut]:  # fmt: skip
    groups: dict[tuple[str, str | None], list[Figure]] = {}
    for place in member.figures:
        figure = claim.figures[place]
        groups.setdefault((figure.name, figure.timepoint), []).append(figure)
    counted = {
        key: [f for f in figures if f.n is not None and f.N is not None]
        for key, figures in groups.items()
    }
    if not any(counted.values()):
        some = any(f.N is not None for f in claim.figures)
        why = "totals without numbers of events" if some else "no events and totals"
        return [LeftOut(what=claim.id, why=why)]
    found: list[Study | LeftOut] = []
    for (name, timepoint), figures in counted.items():
        if figures:
            found.append(
                _study(claim, member, name, timepoint, figures, knowledge, pooling, setting,
                       derived, single)
            )  # fmt: skip
    return found


def _study(
    claim: Claim, member: Member, name: str, timepoint: str | None, figures: list[Figure],
    knowledge: Knowledge, pooling: Pooling, setting: Setting, derived: bool, single: bool,
) -> Study | LeftOut:  # fmt: skip
    if any(f.derived for f in figures) and not (derived or setting.derived):
        return LeftOut(
            what=claim.id, why="events calculated from percentages; --derived lets them in"
        )
    lumped = {other: one.treatment for one in setting.lump for other in one.others}
    sums: dict[str, Arm] = {}
    for figure in figures:
        treatment = pooling.treatment_of(figure.arm, claim.id)
        if treatment is None:
            continue
        treatment = lumped.get(treatment, treatment)
        before = sums.get(treatment)
        sums[treatment] = Arm(
            treatment=treatment,
            events=(figure.n or 0) + (before.events if before else 0),
            total=(figure.N or 0) + (before.total if before else 0),
            label=figure.arm if before is None else f"{before.label}, {figure.arm}",
            derived=figure.derived or (before.derived if before else False),
        )
    if len(sums) < (1 if single else 2):
        arms = ", ".join(repr(f.arm or "") for f in figures)
        same = len(sums) == 1 and len(figures) > 1 and all(
            pooling.treatment_of(f.arm, claim.id) for f in figures
        )  # fmt: skip
        why = "both arms had the same treatment" if same else f"arms not comparable: {arms}"
        if len(figures) == 1 and sums:
            why = "one arm only: it compares nothing"
        return LeftOut(what=claim.id, why=why)
    return checked(
        Study(
            label=label_of(claim, knowledge, pooling),
            arms=tuple(sums.values()),
            claim=claim.id,
            source=claim.source,
            design=claim.design.value,
            outcome=name,
            definition=member.definition,
            population=member.population or claim.population,
            timepoint=timepoint,
            seen=claim.seen.value,
            caution=pooling.part(claim.id),
            covariate=_year(knowledge, claim.source),
        )
    )


def _year(knowledge: Knowledge, source: str) -> float | None:
    year = knowledge.sources[source].year
    return None if year is None else float(year)


def _names(pooling: Pooling, setting: Setting) -> dict[str, str]:
    names = {key: treatment.name for key, treatment in pooling.treatments.items()}
    return names | {one.treatment: one.name for one in setting.lump}


def _notes(setting: Setting, knowledge: Knowledge, studies: tuple[Study, ...]) -> Iterator[str]:
    for one in setting.lump:
        yield f"Taken as one treatment: {one.name}, because {one.because}."
    if setting.derived and setting.derived_because and any(study.derived for study in studies):
        yield f"Counts calculated from percentages are let in, because {setting.derived_because}."
    entered = {study.claim for study in studies}
    for choice in setting.prefer:
        if entered & set(choice.claims):
            yield f"Chosen among several results of a trial: {choice.because}."
    for claim in setting.cautions:
        yield knowledge.claims[claim].statement
