"""An assessment for a reader who treats, studies or learns: every finding, then the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from hepatica.clinic.assess.model import (
    Assessment,
    Checklist,
    Day,
    Finding,
    Organ,
    Point,
    Precaution,
    Predictor,
    Reader,
    ScoreLine,
    Staging,
    Standing,
    Step,
    Treatment,
)
from hepatica.clinic.definition import definition, in_words
from hepatica.clinic.units import plain
from hepatica.render.assessment_course import elided, left_out
from hepatica.render.assessment_page import Grid, Line, Numbers, Page, Section
from hepatica.render.assessment_patient import patient_page
from hepatica.render.assessment_plan import plan_sections
from hepatica.render.assessment_summary import STATES, grade, lead, reach, too_old

MANY = 200  # refusals, notes or observations that a page lists
# Doses and rules of a drug stand in the plan, with what forbids it.
IN_THE_PLAN = re.compile("albumin_dose_|terlipressin_")
STEADY = ("ckd_epi_2021", "mdrd4", "mdrd6")  # for adults in a steady state, not in AKI


def page(found: Assessment) -> Page:
    """The page for the assessment's reader."""
    return patient_page(found) if found.reader is Reader.PATIENT else _page(found)


def _page(found: Assessment) -> Page:
    numbers = Numbers(found)
    sections = [
        *_input(found),
        *plan_sections(found, numbers),
        *_treatment(found, numbers),
        *_precautions(found, numbers),
        _episode(found, numbers),
        _causes(found, numbers),
        *(_criteria(item, numbers, found.reader) for item in found.criteria),
        _aclf(found, numbers),
        _scores(found, numbers),
        _predictors(found, numbers),
        *_rules(found),
    ]
    footer = [f"Store version: {found.store_version}"] if found.store_version else []
    return Page(
        title=title(found),
        lead=tuple(lead(found)),
        sections=tuple(section for section in sections if section.blocks),
        references=numbers.references(),
        footer=(*footer, found.disclaimer),
    )


def title(found: Assessment) -> str:
    when = f" at {found.at:%Y-%m-%d %H:%M}" if found.at else ""
    return f"Assessment of {found.patient}{when}"


def _input(found: Assessment) -> Iterator[Section]:
    refused = [Line(text=text, kind="first") for text in _first(found.refused)]
    if refused:
        yield Section(title="Not used", blocks=tuple(refused))
    notes = [Line(text=text, kind="note") for text in _first(found.notes)]
    if notes:
        yield Section(title="About the input", blocks=tuple(notes))
    if found.reader is Reader.RESEARCHER:
        lines = (Line(text=text, kind="item") for text in _first(found.known))
        yield Section(title="Known at this time", blocks=tuple(lines))


def _first(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The first texts of a long list, and how many more there are."""
    if len(texts) <= MANY:
        return texts
    return (*texts[:MANY], f"{left_out(len(texts) - MANY)}; --format json has them all")


def _episode(found: Assessment, numbers: Numbers) -> Section:
    episode = found.episode
    base = episode.baseline
    blocks: list[Line | Grid] = [
        Line(text=f"Baseline: {base.shown or 'unknown'}: {base.why}", refs=numbers.of(base.claims)),
        *(Line(text=f"needs {text}", kind="missing", depth=1) for text in base.missing),
        *_staging(episode.ica, numbers),
        *_staging(episode.kdigo, numbers, reach(found) or ", against the 7 days before"),
        Line(text=f"Trajectory: {episode.trajectory}"),
    ]
    if episode.response != "not_applicable":
        by = f" ({episode.response_by})" if episode.response_by else ""
        refs = numbers.of(episode.response_claims)
        blocks.append(Line(text=f"Response by ICA 2015: {episode.response}{by}", refs=refs))
    if episode.ica.path:
        blocks.append(_path(episode.ica))
    return Section(title="Kidney episode", blocks=tuple(blocks))


def _staging(one: Staging, numbers: Numbers, against: str = "") -> Iterator[Line]:
    if one.state == "unknown":
        yield Line(text=f"{one.name}: unknown", refs=numbers.of(one.claims))
        for text in one.missing:
            yield Line(text=f"needs {text}", kind="missing", depth=1)
        return
    if not one.max_stage:
        yield Line(text=f"{one.name}: no AKI", refs=numbers.of(one.claims))
        return
    now = "unknown" if one.now is None else one.now
    text = f"{one.name}: highest stage {one.substage or one.max_stage}; now {now}{against}"
    yield Line(text=text, refs=numbers.of(one.claims))
    for text in one.now_missing:
        yield Line(text=f"needs {text}, for the stage now", kind="missing", depth=1)
    if one.first_at:
        yield Line(text=f"first met: {one.first_by}", depth=1)
    if one.max_at and one.max_at != one.first_at:
        yield Line(text=f"highest: {one.max_by}", depth=1)


def _path(one: Staging) -> Grid:
    kept = elided(one.path, lambda point: (point.stage, point.substage))
    rows = tuple((left_out(p), "", "") if isinstance(p, int) else _row(p) for p in kept)
    return Grid(headers=("time", "creatinine", "ICA stage"), rows=rows)


def _row(point: Point) -> tuple[str, str, str]:
    return (
        f"{point.time:%Y-%m-%d %H:%M}",
        f"{plain(round(point.mg_dl, 2))} mg/dL" if point.mg_dl is not None else point.shown,
        str(point.substage or ("unknown" if point.stage is None else point.stage)),
    )


def _causes(found: Assessment, numbers: Numbers) -> Section:
    words = {"met": "points to it", "not_met": "against it", "unknown": "open"}
    blocks = []
    for item in found.differential:
        text = f"{item.cause}: {words[item.state]}: {item.because}"
        blocks.append(Line(text=text, kind="item", refs=numbers.of(item.claims)))
        blocks += [Line(text=f"needs {t}", kind="missing", depth=1) for t in item.missing]
    return Section(title="Causes to think of", blocks=tuple(blocks))


def _criteria(one: Checklist, numbers: Numbers, reader: Reader) -> Section:
    blocks: list[Line | Grid] = [
        Line(text=f"{STATES[one.state]}", kind="strong", refs=numbers.of(one.claims)),
        Grid(
            headers=("criterion", "state", "decided by, or what would settle it", "sources"),
            rows=tuple(_criterion(item, numbers) for item in one.items),
        ),
        Line(text=one.reference, kind="note"),
    ]
    if reader is not Reader.CLINICIAN:
        blocks += [Line(text=text, kind="note") for text in one.limits]
    return Section(title=one.name, blocks=tuple(blocks))


def _criterion(item: Finding, numbers: Numbers) -> tuple[str, str, str, str]:
    refs = "".join(f"[{n}]" for n in numbers.of(item.claims))
    how = item.decided_by or "; ".join(f"needs {text}" for text in item.missing)
    return (item.about, STATES[item.state], how, refs)


def _aclf(found: Assessment, numbers: Numbers) -> Section:
    one = found.aclf
    rows = tuple(
        (
            organ.organ,
            {"met": "fails", "not_met": "does not fail", "unknown": "unknown"}[organ.state],
            *_organ(organ),
        )
        for organ in one.organs
    )
    blocks: list[Line | Grid] = [
        Line(text=f"Grade: {grade(found)}", kind="strong", refs=numbers.of(one.claims))
    ]
    if rows:
        headers = ("organ", "state", "decided by, or what would settle it", "points", "definition")
        blocks.append(Grid(headers=headers, rows=rows))
    blocks.append(Line(text=one.reference, kind="note"))
    blocks += [Line(text=one.note, kind="note")] if one.note else []
    return Section(title="Acute-on-chronic liver failure, organ by organ", blocks=tuple(blocks))


def _organ(one: Organ) -> tuple[str, str, str]:
    needs = f"needs {', '.join(one.missing)}" if one.missing else ""
    points = "" if one.points is None else f"{one.points} point{'s' if one.points > 1 else ''}"
    return ("; ".join(filter(None, (*one.because, needs))), points, f"failure means {one.about}")


def _scores(found: Assessment, numbers: Numbers) -> Section:
    few = found.reader is Reader.CLINICIAN
    own = [one for one in found.scores if not IN_THE_PLAN.match(one.id)]
    chosen = [one for one in own if _fits(found, one)] if few else found.scores
    rows = []
    for one in chosen:
        needs = "; ".join(in_words(one.id, one.missing))
        shown = one.shown if not one.missing else f"unknown, needs {needs}{too_old(one)}"
        refs = "".join(f"[{n}]" for n in numbers.of(one.claims))
        source = f"{definition(one.id).population} {one.reference} {refs}"
        rows.append((one.name, shown, source.strip()))
    headers = ("score", "value", "for whom; reference")
    blocks: list[Line | Grid] = [Grid(headers=headers, rows=tuple(rows))] if rows else []
    if few:
        rest = len(own) - len(chosen)
        text = (
            f"{rest} more scores are unknown or do not apply; --for researcher or --format json "
            "says what they need."
        )
        blocks.append(Line(text=text, kind="note"))
    return Section(title="Scores", blocks=tuple(blocks))


def _fits(found: Assessment, one: ScoreLine) -> bool:
    """Whether a score has a value that says something of this patient."""
    if one.id in STEADY and "met" in (found.episode.ica.state, found.episode.kdigo.state):
        return False
    return one.value is not None and (one.id, one.value) != ("norepinephrine_equivalent", 0)


def _precautions(found: Assessment, numbers: Numbers) -> Iterator[Section]:
    """By drug: what is present, then what is not ruled out, then what is absent."""
    order = ("met", "unknown", "not_met")
    blocks: list[Line] = []
    for drug in dict.fromkeys(item.drug for item in found.precautions):
        blocks.append(Line(text=drug, kind="strong"))
        own = [item for item in found.precautions if item.drug == drug]
        for item in sorted(own, key=lambda one: order.index(one.state)):
            blocks += _precaution(item, numbers)
    yield Section(title="Contraindications and cautions", blocks=tuple(blocks))


def _precaution(item: Precaution, numbers: Numbers) -> Iterator[Line]:
    state = {"met": "PRESENT", "not_met": "absent", "unknown": "not known"}[item.state]
    by = f" ({'; '.join(item.because)})" if item.because else ""
    text = f"{item.kind}: {item.why} ({item.authority}): {state}{by}"
    yield Line(
        text=text,
        kind="item" if item.state == "not_met" else "first",
        refs=numbers.of(item.claims),
    )
    for missing in item.missing:
        yield Line(text=f"needs {missing}", kind="missing", depth=1)


def _predictors(found: Assessment, numbers: Numbers) -> Section:
    blocks = [
        Line(
            text="Each as it was reported, in its own population; they do not combine into a "
            "probability.",
            kind="note",
        )
    ]
    for item in found.predictors:
        blocks += _predictor(item, numbers)
    return Section(title="Reported predictors of response to terlipressin", blocks=tuple(blocks))


def _predictor(item: Predictor, numbers: Numbers) -> Iterator[Line]:
    text = f"{item.name}: {item.state} ({item.direction})"
    yield Line(text=text, kind="item", refs=numbers.of(item.claims))
    for effect in item.effects:
        yield Line(text=effect, depth=1)
    if item.note:
        yield Line(text=item.note, kind="note", depth=1)
    for text in item.missing:
        yield Line(text=f"needs {text}", kind="missing", depth=1)


HELD = {
    Standing.CONTRAINDICATED: "; not proposed while a contraindication stands",
    Standing.CHECK_FIRST: "; check first what is unknown under contraindications and cautions",
    Standing.WEIGH: "; weigh first the cautions that are present",
}
WHEN = {"done": "was due", "due": "due", "ahead": "later", "undecided": "not decided"}


def _treatment(found: Assessment, numbers: Numbers) -> Iterator[Section]:
    course = found.treatment
    if course is None:
        return
    blocks: list[Line | Grid] = [
        Line(
            text=f"First dose {course.first_dose:%Y-%m-%d %H:%M}; {_now(course)}; US label "
            f"on day 4, by creatinine alone: {course.day4.replace('_', ' ')}"
            f"{HELD.get(course.day4_standing, '')}{_overtaken(course)}",
            refs=numbers.of(course.claims),
        ),
        *(Line(text=f"needs {text}", kind="missing", depth=1) for text in course.day4_missing),
    ]
    running = course.last_dose is None
    for item in course.reversal:
        by = f" ({item.decided_by})" if item.decided_by else ""
        open_ = running and item.state == "not_met" and not item.decided_by
        so_far = " so far" if open_ else ""
        text = f"{item.about.rstrip('.')}: {STATES[item.state]}{so_far}{by}"
        blocks.append(Line(text=text, kind="item", refs=numbers.of(item.claims)))
        blocks += [Line(text=f"needs {t}", kind="missing", depth=1) for t in item.missing]
    daily = _daily(course.days)
    for step in daily:
        past = " (was due)" if all(_past(step, day) for day in course.days) else ""
        text = f"Every day, {step.authority}{past}: {step.text}"
        blocks.append(Line(text=text, kind="item", refs=numbers.of(step.claims)))
    said = {(step.authority, step.text) for step in daily}
    for _, group in groupby(course.days, key=lambda day: _same(day, said)):
        blocks += _days(list(group), said, numbers)
    yield Section(title="Terlipressin, day by day", blocks=tuple(blocks))


def _now(course: Treatment) -> str:
    if course.running == "no" and course.last_dose is not None:
        return f"ended {course.last_dose:%Y-%m-%d %H:%M}"
    return f"day {course.day_now}"


def _overtaken(course: Treatment) -> str:
    later = course.day4_overtaken_by
    return f"; overtaken by a later one ({later})" if later else ""


def _daily(days: tuple[Day, ...]) -> tuple[Step, ...]:
    """What an authority does on every day that is shown; a drug is said day by day."""
    every = [{(step.authority, step.text) for step in day.steps} for day in days]
    common = set.intersection(*every) if every else set()
    return tuple(
        step for step in days[0].steps if (step.authority, step.text) in common and not step.gives
    )


def _past(step: Step, day: Day) -> bool:
    same = (s for s in day.steps if (s.authority, s.text) == (step.authority, step.text))
    return all(one.state == "done" for one in same)


def _same(day: Day, said: set[tuple[str, str]]) -> object:
    """Days with equal keys say the same: nothing given or measured, and the same steps."""
    if day.given or day.creatinine or day.dangers:
        return day.number
    return tuple(
        (s.authority, s.text, s.state) for s in day.steps if (s.authority, s.text) not in said
    )


def _days(days: list[Day], said: set[tuple[str, str]], numbers: Numbers) -> Iterator[Line]:
    first, last = days[0], days[-1]
    title = f"Day {first.number}, {first.date}"
    if last is not first:
        title = f"Days {first.number} to {last.number}, {first.date} to {last.date}"
    steps = [step for step in first.steps if (step.authority, step.text) not in said]
    if not (steps or first.given or first.creatinine or first.dangers):
        return
    yield Line(text=title, kind="strong")
    for text in (*first.given, *first.creatinine):
        yield Line(text=text, depth=1)
    if first.change:
        yield Line(text=f"creatinine {first.change}", depth=1)
    yield from (Line(text=text, kind="first", depth=1) for text in first.dangers)
    for step in steps:
        text = f"{step.authority} ({WHEN[step.state]}): {step.text}"
        yield Line(text=text, kind="item", depth=1, refs=numbers.of(step.claims))
        for missing in step.missing:
            yield Line(text=f"needs {missing}", kind="missing", depth=2)


def _rules(found: Assessment) -> Iterator[Section]:
    """Disputed rules as applied: always for those who study, never silently for anyone else."""
    if found.reader is Reader.CLINICIAN:
        text = ", ".join(f"{rule.name} = {rule.value}" for rule in found.rules)
        yield Section(title="Disputed rules as applied", blocks=(Line(text=text, kind="note"),))
        return
    rows = tuple(
        (rule.name, rule.value, ", ".join(rule.choices), rule.about, rule.source)
        for rule in found.rules
    )
    grid = Grid(headers=("rule", "value", "choices", "about", "source"), rows=rows)
    yield Section(title="Disputed rules as applied", blocks=(grid,))
