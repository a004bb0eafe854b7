"""Pooled pairs and shares as documents: what speaks against pooling first, then the figures."""

from __future__ import annotations

from hepatica.bench.pool.asymmetry import Asymmetry
from hepatica.bench.pool.document import Document, Section, Table
from hepatica.bench.pool.effects import Measure
from hepatica.bench.pool.estimate import Estimate
from hepatica.bench.pool.numbers import interval, p_value, shown, value
from hepatica.bench.pool.pairwise import Comparison
from hepatica.bench.pool.regression import Regression
from hepatica.bench.pool.single import Share
from hepatica.bench.pool.study import LeftOut
from hepatica.bench.pool.verdict import Verdict, sentence

DISAGREE = 0.1  # the usual level for Q, whose power is low with few studies

TOO_FEW = 3  # studies: t has 1 df then, and a prediction interval spans everything

__all__ = ["TOO_FEW", "before", "comparison_document", "left_out", "share_document"]

READ = (
    "For research and teaching. A pooled figure describes these studies; it is no advice for a "
    "patient."
)


def before(concerns: tuple[str, ...]) -> Section:
    """What to know before the figures."""
    return Section("Before pooling", points=concerns or ("Nothing noted.",))


def left_out(entries: tuple[LeftOut, ...]) -> Section:
    """What did not enter and why."""
    return Section(
        "Left out", points=tuple(f"{one.what}: {one.why}." for one in entries) or ("Nothing.",)
    )


def comparison_document(found: Comparison) -> Document:
    """A comparison of two treatments."""
    measure, estimate = found.measure, found.estimate
    patients = sum(row.total + row.control_total for row in found.rows)
    percent = f"{100 * estimate.interval.level:g}%"
    unit = "" if measure.is_ratio else ", percentage points"
    table = Table(
        ("study", found.treatment, found.control, f"{measure.words} ({percent}{unit})", "weight"),
        tuple(
            (
                row.label,
                f"{row.events}/{row.total}{'*' if row.derived else ''}",
                f"{row.control_events}/{row.control_total}{'*' if row.derived else ''}",
                f"{value(measure, row.effect)} ({interval(measure, row.low, row.high)})"
                + ("+" if row.corrected else ""),
                f"{row.weight:.1f}%",
            )
            for row in found.rows
        ),
    )
    marks = []
    if any(row.derived for row in found.rows):
        marks.append("* events calculated from a percentage")
    if any(row.corrected for row in found.rows):
        marks.append("+ an empty cell: shown with 0.5 added")
    sections = [
        before(found.concerns),
        Section("Studies", table, ("; ".join(marks) + ".",) if marks else ()),
        Section("Pooled", lines=_pooled(measure, estimate)),
        Section("What this says", lines=(*_says(found), READ)),
    ]
    if found.without:
        sections.append(Section("Without one study", _omitted(found)))
    if found.regression is not None:
        sections.append(_moderated(found.regression, measure))
    if found.asymmetry is not None:
        sections.append(Section("Small studies", lines=_small(found.asymmetry, measure)))
    sections.append(left_out(found.left_out))
    return Document(
        title=found.heading,
        about=f"{measure.words.capitalize()}, {_studies(estimate.k)}, {patients} patients; "
        f"{estimate.method.words}.",
        sections=tuple(sections),
    )


def _moderated(line: Regression, measure: Measure) -> Section:
    name = line.moderator
    slope = line.per_unit
    scale = f"log {measure.words}" if measure.is_ratio else measure.words
    rest = f"t, {slope.df} df, " if slope.df is not None else ""
    lines = [
        f"{scale[0].upper()}{scale[1:]} per unit of {name}: {_signed(line.slope)} "
        f"({100 * slope.level:g}% interval {_signed(slope.low)} to {_signed(slope.high)}; {rest}"
        f"{p_value(slope.p)})."
    ]
    if measure.is_ratio:
        step = interval(measure, slope.low, slope.high)
        lines.append(
            f"The {measure.words} is multiplied by {value(measure, line.slope)} ({step}) for each "
            f"unit of {name}."
        )
    ends = " and ".join(
        f"{value(measure, line.intercept + line.slope * x)} at {x:g}"
        for x in (min(line.x), max(line.x))
    )
    lines.append(f"On the line: {ends}.")
    held = "" if line.r2 is None else f"; {line.r2:.0f}% of the variance between studies"
    lines.append(
        f"tau² left {line.tau2:.3g}{held}. Heterogeneity left: Q {line.q:.2f}, {line.df} df, "
        f"{p_value(line.q_p)}."
    )
    lines.append(
        f"Studies were not allocated to {name}: whatever else differs between them may be the "
        "reason, and nothing follows for patients within a study."
    )
    return Section(f"By {name}", lines=tuple(lines))


def _signed(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")


def _small(found: Asymmetry, measure: Measure) -> tuple[str, ...]:
    lines = [
        f"Egger's test: the effect changes with its standard error by {_signed(found.bias)} "
        f"(t {_signed(found.t)}, {found.df} df, {p_value(found.p)})."
    ]
    if found.p < DISAGREE:
        lines.append(
            "Smaller studies show other effects than larger ones: missing studies, but also other "
            "patients or weaker methods, can be the reason."
        )
    else:
        lines.append("No relation is shown; that does not show that no study is missing.")
    if measure.is_ratio:
        lines.append(
            "A log ratio and its standard error are related without any bias where events are few "
            "or effects large."
        )
    return tuple(lines)


def share_document(found: Share) -> Document:
    """A pooled share of patients with the event."""
    estimate = found.estimate
    table = Table(
        ("study", "events", "share (95%, exact)", "weight"),
        tuple(
            (
                row.label,
                f"{row.events}/{row.total}{'*' if row.derived else ''}",
                f"{100 * row.share:.1f}% ({100 * row.low:.1f} to {100 * row.high:.1f})",
                "–" if row.weight is None else f"{row.weight:.1f}%",
            )
            for row in found.rows
        ),
    )
    percent = f"{100 * estimate.interval.level:g}%"
    lines = [
        f"Share {100 * found.share:.1f}% ({percent} interval {100 * found.low:.1f} to "
        f"{100 * found.high:.1f})."
    ]
    if found.prediction is not None:
        low, high = found.prediction
        empty = low < 0.0005 and high > 0.9995
        lines.append(
            f"The share in a new study like these cannot be told from {_studies(estimate.k)}."
            if empty or estimate.k <= TOO_FEW
            else f"A new study like these: {100 * low:.1f} to {100 * high:.1f}%."
        )
    lines += _heterogeneity(estimate)
    sections = [
        before(found.concerns),
        Section("Studies", table),
        Section("Pooled", lines=(*lines, READ)),
    ]
    if found.without:
        rows = tuple(
            (label, f"{100 * share:.1f}% ({100 * low:.1f} to {100 * high:.1f})")
            for label, share, low, high in found.without
        )
        sections.append(
            Section("Without one study", Table(("without", f"share ({percent})"), rows))
        )
    sections.append(left_out(found.left_out))
    return Document(
        title=f"{found.title}: share with the event on {found.treatment}",
        about=f"{_studies(estimate.k).capitalize()}, {sum(r.total for r in found.rows)} patients; "
        f"{found.scale.value} scale; {estimate.method.words}.",
        sections=tuple(sections),
    )


def _studies(k: int) -> str:
    return "1 study" if k == 1 else f"{k} studies"


def _pooled(measure: Measure, estimate: Estimate) -> tuple[str, ...]:
    main = estimate.interval
    first = shown(measure, estimate.value, main.low, main.high, main.level)
    lines = [f"{first[0].upper()}{first[1:]}, {p_value(main.p)}."]
    student = estimate.knapp_hartung
    if student is not None and main.df is None and student.df == 1:
        lines.append(
            f"After Knapp and Hartung, which allows for few studies: cannot be told from "
            f"{_studies(estimate.k)} (t, 1 df)."
        )
    elif student is not None and main.df is None:
        random = "" if estimate.method.is_random else "with random effects (REML), "
        lines.append(
            f"After Knapp and Hartung, {random}which allows for few studies: "
            f"{interval(measure, student.low, student.high)} (t, {student.df} df, "
            f"{p_value(student.p)})."
        )
    if estimate.prediction is not None and estimate.k <= TOO_FEW:
        lines.append(
            f"The effect in a new study like these cannot be told from {_studies(estimate.k)}."
        )
    elif estimate.prediction is not None:
        low, high = estimate.prediction
        lines.append(
            f"The effect in a new study like these: {interval(measure, low, high)} "
            f"(prediction interval, t, {estimate.k - 2} df)."
        )
    return (*lines, *_heterogeneity(estimate))


def _heterogeneity(estimate: Estimate) -> list[str]:
    spread = estimate.heterogeneity
    if spread.df < 1:
        return ["One study: nothing can be said on the spread between studies."]
    lines = [
        f"Heterogeneity: Q {spread.q:.2f}, {spread.df} df, {p_value(spread.p)}; I² "
        f"{spread.i2:.0f}%; H² {spread.h2:.2f}."
    ]
    if estimate.method.is_random and spread.tau2_low is not None and spread.tau2_high is not None:
        lines.append(
            f"tau² {spread.tau2:.4g} (95% interval {spread.tau2_low:.3g} to "
            f"{spread.tau2_high:.3g}, Q-profile)."
        )
    elif estimate.method.is_random:
        lines.append(f"tau² {spread.tau2:.4g} (no interval under this method).")
    return lines


def _says(found: Comparison) -> tuple[str, ...]:
    estimate, measure = found.estimate, found.measure
    main = estimate.interval
    lead = "One trial: nothing was pooled. " if estimate.k == 1 else ""
    text = shown(measure, estimate.value, main.low, main.high, main.level)
    lines = [
        lead
        + sentence(found.found, found.treatment, found.control, text,
                   cautious="the interval after Knapp and Hartung")
    ]  # fmt: skip
    ahead = estimate.prediction
    if found.found in (Verdict.MORE, Verdict.FEWER) and ahead and ahead[0] <= 0 <= ahead[1]:
        lines.append("A new study could still show no difference, or the opposite.")
    spread = estimate.heterogeneity
    if not estimate.method.is_random and spread.p is not None and spread.p < DISAGREE:
        lines.append(
            "The studies disagree by more than chance: one effect common to all is not plausible; "
            "see --method reml."
        )
    return tuple(lines)


def _omitted(found: Comparison) -> Table:
    return Table(
        ("without", found.measure.words, "I²", "tau²"),
        tuple(
            (
                one.label,
                f"{value(found.measure, one.estimate.value)} ("
                + interval(found.measure, one.estimate.interval.low, one.estimate.interval.high)
                + ")",
                f"{one.estimate.heterogeneity.i2:.0f}%",
                f"{one.estimate.heterogeneity.tau2:.3g}",
            )
            for one in found.without
        ),
    )
