"""What a study set out to do, as sentences under the registry's headings."""

from __future__ import annotations

from collections.abc import Iterable

from hepatica.evidence.readers import _ctgov_schema as schema
from hepatica.evidence.readers._ctgov_words import paragraphs, sentences, words
from hepatica.evidence.readers._text import TextBuilder


def add_protocol(protocol: schema.Protocol, builder: TextBuilder) -> None:
    """Append status, summary, design, arms, outcomes, eligibility and publications."""
    about, text = protocol.identification_module, protocol.description_module
    _add(builder, "Official title", [about.official_title])
    _add(builder, "Status", [_status(protocol.status_module)])
    _add(builder, "Summary", paragraphs(text.brief_summary))
    _add(builder, "Detailed description", paragraphs(text.detailed_description))
    _add(builder, "Conditions", [", ".join(protocol.conditions_module.conditions)])
    _add(builder, "Design", [_design(protocol.design_module)])
    arms = protocol.arms_interventions_module
    _add(builder, "Arms", map(_arm, arms.arm_groups))
    _add(builder, "Interventions", map(_intervention, arms.interventions))
    outcomes = protocol.outcomes_module
    for name, listed in (
        ("Primary outcomes", outcomes.primary_outcomes),
        ("Secondary outcomes", outcomes.secondary_outcomes),
        ("Other outcomes", outcomes.other_outcomes),
    ):
        _add(builder, name, map(_outcome, listed))
    eligibility = protocol.eligibility_module
    _add(builder, "Eligibility", [_who(eligibility), *paragraphs(eligibility.study_population)])
    _add(builder, "Eligibility criteria", paragraphs(eligibility.eligibility_criteria))
    _add(
        builder,
        "Publications",
        (
            sentences(
                f"{words(reference.type)}: {reference.citation}",
                f"PMID {reference.pmid}" if reference.pmid else "",
            )
            for reference in protocol.references_module.references
        ),
    )


def _add(builder: TextBuilder, name: str, texts: Iterable[str]) -> None:
    filled = [text for text in texts if text.strip()]
    if filled:
        builder.add_heading(name)
    for text in filled:
        builder.add(text, section=(name,))


def _status(status: schema.Status) -> str:
    return sentences(
        ("Overall status", words(status.overall_status)),
        ("Why stopped", status.why_stopped),
        ("Start", _date(status.start_date_struct)),
        ("Primary completion", _date(status.primary_completion_date_struct)),
        ("Completion", _date(status.completion_date_struct)),
        ("First posted", status.study_first_post_date_struct.date),
        ("Results first posted", status.results_first_post_date_struct.date),
        ("Last update posted", status.last_update_post_date_struct.date),
    )


def _date(date: schema.Date) -> str:
    return f"{date.date} ({words(date.type).lower()})" if date.date and date.type else date.date


def _design(design: schema.Design) -> str:
    info, enrolled = design.design_info, design.enrollment_info
    masking = info.masking_info
    masked = ", ".join(words(who).lower() for who in masking.who_masked)
    count = "" if enrolled.count is None else f"{enrolled.count} participants"
    return sentences(
        ("Study type", words(design.study_type)),
        ("Phase", ", ".join(map(words, design.phases))),
        ("Allocation", words(info.allocation)),
        ("Intervention model", words(info.intervention_model)),
        info.intervention_model_description,
        ("Observational model", words(info.observational_model)),
        ("Time perspective", words(info.time_perspective)),
        ("Primary purpose", words(info.primary_purpose)),
        ("Masking", words(masking.masking) + (f" ({masked})" if masked else "")),
        masking.masking_description,
        ("Enrollment", f"{count} ({words(enrolled.type).lower()})" if enrolled.type else count),
    )


def _arm(arm: schema.ArmGroup) -> str:
    return "\n".join(
        (
            f"{words(arm.type)}: {arm.label}" if arm.type else arm.label,
            *paragraphs(arm.description),
            *(
                [f"Interventions: {', '.join(arm.intervention_names)}"]
                * bool(arm.intervention_names)
            ),
        )
    )


def _intervention(intervention: schema.Intervention) -> str:
    named = f"{words(intervention.type)}: {intervention.name}"
    others = ", ".join(intervention.other_names)
    return "\n".join(
        (
            f"{named} (other names: {others})" if others else named,
            *paragraphs(intervention.description),
        )
    )


def _outcome(outcome: schema.Outcome) -> str:
    head = sentences(outcome.measure, ("Time frame", outcome.time_frame))
    return "\n".join((head, *paragraphs(outcome.description)))


def _who(eligibility: schema.Eligibility) -> str:
    return sentences(
        ("Minimum age", eligibility.minimum_age),
        ("Maximum age", eligibility.maximum_age),
        ("Sex", words(eligibility.sex)),
    )
