"""The results of a registered study as tables: a row a line, events as affected/at risk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hepatica.evidence.readers import _ctgov_schema as schema
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
    _adverse_events(results.adverse_events_module, builder)
    caveats = paragraphs(results.more_info_module.limitations_and_caveats.description)
    for text in caveats:
        builder.add(text, section=("Results", "Limitations and caveats"))


def _flow(flow: schema.ParticipantFlow, builder: TextBuilder) -> None:
    section = ("Results", "Participant flow")
    for text in (flow.recruitment_details, flow.pre_assignment_details):
        for paragraph in paragraphs(text):
            builder.add(paragraph, section=section)
    _groups(flow.groups, builder, section=section)
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
                    (_with(label, comment), *_cells(flow.groups, counts))
                    for label, comment, counts in rows
                ),
            ],
            section=section,
        )


def _cells(groups: Sequence[schema.Group], counts: Iterable[schema.FlowCount]) -> Iterator[str]:
    by_group = {count.group_id: _with(count.num_subjects, count.comment) for count in counts}
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
    _groups(measure.groups, builder, section=section)
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
            label = _with(f"{denominator.units} analysed", part.title)
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
    return _with(text, measurement.comment)


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


def _adverse_events(events: schema.AdverseEvents, builder: TextBuilder) -> None:
    section = ("Results", "Adverse events")
    threshold = events.frequency_threshold
    builder.add(
        sentences(
            ("Time frame", events.time_frame),
            ("Threshold for reporting other adverse events", threshold and f"{threshold}%"),
        ),
        section=section,
    )
    for text in (events.description, events.all_cause_mortality_comment):
        for paragraph in paragraphs(text):
            builder.add(paragraph, section=section)
    groups = events.event_groups
    if not groups:
        return
    _groups(groups, builder, section=section)
    head = ("Affected/at risk", *(group.title for group in groups))
    totals = (
        ("All-cause mortality", [(g.deaths_num_affected, g.deaths_num_at_risk) for g in groups]),
        (
            "Serious adverse events",
            [(g.serious_num_affected, g.serious_num_at_risk) for g in groups],
        ),
        ("Other adverse events", [(g.other_num_affected, g.other_num_at_risk) for g in groups]),
    )
    filled = [
        (label, *(_share(*pair) for pair in pairs))
        for label, pairs in totals
        if any(pair[0] is not None for pair in pairs)
    ]
    if filled:
        builder.add_table([("Adverse events: totals",), head, *filled], section=section)
    for kind, listed in (("Serious", events.serious_events), ("Other", events.other_events)):
        _event_tables(kind, listed, head, groups, builder)


def _event_tables(
    kind: str,
    listed: Sequence[schema.Event],
    head: tuple[str, ...],
    groups: Sequence[schema.EventGroup],
    builder: TextBuilder,
) -> None:
    """One table an organ system, so that each is small enough to be found and read."""
    by_system = sorted(listed, key=lambda event: event.organ_system)
    for system, events in groupby(by_system, key=lambda event: event.organ_system):
        title = ": ".join(filter(None, (f"{kind} adverse events", system)))
        rows = [(_with(event.term, event.notes), *_event_cells(event, groups)) for event in events]
        builder.add_table([(title,), head, *rows], section=("Results", "Adverse events", title))


def _event_cells(event: schema.Event, groups: Sequence[schema.EventGroup]) -> Iterator[str]:
    cells = {}
    for stat in event.stats:
        number = stat.num_events
        many = "" if number is None else f" ({number} event{'' if number == 1 else 's'})"
        cells[stat.group_id] = _share(stat.num_affected, stat.num_at_risk) + many
    return (cells.get(group.id, "") for group in groups)


def _share(affected: int | None, at_risk: int | None) -> str:
    if affected is None:
        return ""
    return str(affected) if at_risk is None else f"{affected}/{at_risk}"


def _groups(
    groups: Sequence[schema.Group | schema.EventGroup],
    builder: TextBuilder,
    *,
    section: tuple[str, ...],
) -> None:
    """What each column is, where the registry says more than its title."""
    lines = [f"• {g.title}: {' '.join(paragraphs(g.description))}" for g in groups if g.description]
    if lines:
        builder.add("\n".join(("Groups:", *lines)), section=section)


def _with(text: str, comment: str) -> str:
    return f"{text} [{comment}]" if comment else text
