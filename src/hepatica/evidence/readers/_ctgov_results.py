"""The results of a registered study as tables: a row a line, events as affected/at risk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hepatica.evidence.readers import _ctgov_schema as schema
from hepatica.evidence.readers._ctgov_columns import add_groups, with_comment
from hepatica.evidence.readers._ctgov_events import add_adverse_events
from hepatica.evidence.readers._ctgov_words import paragraphs, sentences, words
from hepatica.evidence.readers._text import TextBuilder

_COUNTS = ("COUNT_OF_PARTICIPANTS", "COUNT_OF_UNITS")


def add_results(results: schema.Results, builder: TextBuilder) -> None:
    """Append participant flow, baseline, outcomes, adverse events and limitations."""
    builder.add_heading("Results")
    _flow(results.participant_flow_module, builder)
    _baseline(results.baseline_characteristics_module, builder)
    for measure in results.outcome_measures_module.outcome_measures:
        _outcome(measure, builder)
    add_adverse_events(results.adverse_events_module, builder)
    caveats = paragraphs(results.more_info_module.limitations_and_caveats.description)
    for text in caveats:
        builder.add(text, section=("Results", "Limitations and caveats"))


def _flow(flow: schema.ParticipantFlow, builder: TextBuilder) -> None:
    section = ("Results", "Participant flow")
    for text in (flow.recruitment_details, flow.pre_assignment_details):
        for paragraph in paragraphs(text):
            builder.add(paragraph, section=section)
    add_groups(flow.groups, builder, section=section)
    for period in flow.periods:
        rows = [(words(m.type), m.comment, m.achievements) for m in period.milestones]
        rows += [
            (f"Not completed: {words(w.type)}", w.comment, w.reasons) for w in period.drop_withdraws
        ]
        builder.add_table(
            [
                (f"Participant flow: {period.title or 'overall study'}",),
                ("Number of participants", *(group.title for group in flow.groups)),
                *(
                    (with_comment(label, comment), *_cells(flow.groups, counts))
                    for label, comment, counts in rows
                ),
            ],
            section=section,
        )


def _cells(groups: Sequence[schema.Group], counts: Iterable[schema.FlowCount]) -> Iterator[str]:
    by_group = {count.group_id: with_comment(count.num_subjects, count.comment) for count in counts}
    return (by_group.get(group.id, "") for group in groups)


def _baseline(baseline: schema.Baseline, builder: TextBuilder) -> None:
    section = ("Results", "Baseline characteristics")
    for paragraph in paragraphs(baseline.population_description):
        builder.add(paragraph, section=section)
    for measure in baseline.measures:
        denominators = measure.denoms or baseline.denoms
        title = f"Baseline characteristics: {measure.title}"
        builder.add_table(
            _measure_rows(measure, baseline.groups, denominators, title=title), section=section
        )


def _outcome(measure: schema.Measure, builder: TextBuilder) -> None:
    section = ("Results", "Outcome measures", measure.title)
    kind = f"{words(measure.type)} outcome" if measure.type else "Outcome"
    builder.add(
        sentences(f"{kind}: {measure.title}", ("Time frame", measure.time_frame)), section=section
    )
    for text in (measure.description, measure.population_description):
        for paragraph in paragraphs(text):
            builder.add(paragraph, section=section)
    if measure.reporting_status == "NOT_POSTED":
        builder.add("Results for this outcome are not posted.", section=section)
    add_groups(measure.groups, builder, section=section)
    if measure.classes:
        title = f"{kind}: {measure.title}"
        builder.add_table(
            _measure_rows(measure, measure.groups, measure.denoms, title=title), section=section
        )
    for analysis in measure.analyses:
        builder.add(_analysis(analysis, measure.groups), section=section)


def _measure_rows(
    measure: schema.Measure,
    groups: Sequence[schema.Group],
    denominators: Sequence[schema.Denominator],
    *,
    title: str,
) -> Iterator[Sequence[str]]:
    yield (title,)
    spread = words(measure.dispersion_type)
    parameter = words(measure.param_type) + (
        f" ({spread})" if spread and measure.dispersion_type != "NA" else ""
    )
    unit = f", {measure.unit_of_measure}" if measure.unit_of_measure else ""
    yield (f"{parameter}{unit}", *(group.title for group in groups))
    for denominator in denominators:
        yield (f"{denominator.units} analysed", *_denominators(groups, denominator))
    for part in measure.classes:
        for denominator in part.denoms:
            label = with_comment(f"{denominator.units} analysed", part.title)
            yield (label, *_denominators(groups, denominator))
        totals = _totals(part.denoms or denominators) if measure.param_type in _COUNTS else {}
        for category in part.categories:
            label = ": ".join(filter(None, (part.title, category.title))) or parameter
            values = {m.group_id: _value(m, totals.get(m.group_id)) for m in category.measurements}
            yield (label, *(values.get(group.id, "") for group in groups))


def _denominators(groups: Sequence[schema.Group], denominator: schema.Denominator) -> Iterator[str]:
    counts = {count.group_id: count.value for count in denominator.counts}
    return (counts.get(group.id, "") for group in groups)


def _totals(denominators: Sequence[schema.Denominator]) -> dict[str, str]:
    """Each group's denominator, where there is only one kind of it."""
    if len(denominators) != 1:
        return {}
    return {count.group_id: count.value for count in denominators[0].counts}


def _value(measurement: schema.Measurement, total: str | None) -> str:
    text = f"{measurement.value}/{total}" if total else measurement.value
    if measurement.spread:
        text += f" ({measurement.spread})"
    if measurement.lower_limit or measurement.upper_limit:
        text += f" ({measurement.lower_limit or 'NA'} to {measurement.upper_limit or 'NA'})"
    return with_comment(text, measurement.comment)


def _analysis(analysis: schema.Analysis, groups: Sequence[schema.Group]) -> str:
    titles = {group.id: group.title for group in groups}
    compared = " versus ".join(titles.get(one, one) for one in analysis.group_ids)
    interval = ""
    if analysis.ci_lower_limit or analysis.ci_upper_limit:
        level = f"{analysis.ci_pct_value}% CI" if analysis.ci_pct_value else "CI"
        sides = f", {words(analysis.ci_num_sides).lower()}" if analysis.ci_num_sides else ""
        lower, upper = analysis.ci_lower_limit or "NA", analysis.ci_upper_limit or "NA"
        interval = f" ({level} {lower} to {upper}{sides})"
    estimate = f"{analysis.param_value}{interval}" if analysis.param_value else interval.strip()
    p_value = analysis.p_value.strip()
    return sentences(
        ("Comparison", compared),
        analysis.group_description,
        ("Method", analysis.statistical_method),
        (analysis.param_type or "Estimate", estimate),
        (words(analysis.dispersion_type), analysis.dispersion_value),
        f"P {p_value}" if p_value[:1] in ("<", ">", "=", "≤") else ("P", p_value),
        analysis.p_value_comment,
        ("Type of test", words(analysis.non_inferiority_type)),
        analysis.non_inferiority_comment,
        analysis.statistical_comment,
        analysis.estimate_comment,
    )
