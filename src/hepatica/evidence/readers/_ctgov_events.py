"""The adverse events of a registered study as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from hepatica.evidence.readers import _ctgov_schema as schema
from hepatica.evidence.readers._ctgov_columns import add_groups, with_comment
from hepatica.evidence.readers._ctgov_words import paragraphs, sentences
from hepatica.evidence.readers._text import TextBuilder


def add_adverse_events(events: schema.AdverseEvents, builder: TextBuilder) -> None:
    """Append totals and each event, affected over at risk, one table an organ system."""
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
    add_groups(groups, builder, section=section)
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
        rows = [
            (with_comment(event.term, event.notes), *_event_cells(event, groups))
            for event in events
        ]
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
