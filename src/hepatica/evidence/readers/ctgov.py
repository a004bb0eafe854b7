"""Studies registered at ClinicalTrials.gov, in the JSON of its API v2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Design, Document, Rejection, Source
from hepatica.evidence.readers import _ctgov_schema as schema
from hepatica.evidence.readers import _json
from hepatica.evidence.readers._bibliography import year_of
from hepatica.evidence.readers._ctgov_results import add_results
from hepatica.evidence.readers._ctgov_words import paragraphs, sentences, words
from hepatica.evidence.readers._text import TextBuilder, one_line

NAME = "ctgov"

_NCT = re.compile(r"NCT\d{8}")
_STUDY_PAGE = re.compile(
    rb'\s*\{\s*(?:"(?:totalCount|nextPageToken)"\s*:\s*"?[^",]*"?,\s*)*"studies"'
)


def matches(head: bytes, name: str) -> bool:
    """Whether the JSON is a study or a page of studies of API v2."""
    content = head.removeprefix(b"\xef\xbb\xbf")
    if not content.lstrip().startswith((b"{", b"[")):
        return False
    return b'"protocolSection"' in head or _STUDY_PAGE.match(content) is not None


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """Each study, `nct:<NCT id>`; `revision` is the date of its last posted update.

    Raises SourceError and UnsafeSourceError.
    """
    number = 0
    for record in _json.objects(
        stream, origin=origin, expected="ClinicalTrials.gov API v2 studies", key="studies"
    ):
        if isinstance(record, Rejection):
            yield record
            continue
        number += 1
        try:
            yield _document(schema.decode(record))
        except UnsafeSourceError:
            raise
        except (SourceError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Rejection(where=f"{origin}: study {number}", reason=one_line(str(error)))


def _document(study: schema.Study) -> Document:
    protocol = study.protocol_section
    about = protocol.identification_module
    if not _NCT.fullmatch(about.nct_id):
        raise SourceError(f"the study's id is {about.nct_id!r}, expected NCT and 8 digits")
    title = one_line(about.brief_title or about.official_title)
    if not title:
        raise SourceError(f"{about.nct_id}: the study has no title")
    builder = TextBuilder()
    builder.add(title, kind="title")
    _add_protocol(protocol, builder)
    if study.results_section is not None:
        add_results(study.results_section, builder)
    status = protocol.status_module
    published = (
        status.results_first_post_date_struct.date or status.study_first_post_date_struct.date
    )
    source = Source(
        id=f"nct:{about.nct_id}",
        title=title,
        text=builder.text,
        design=Design.TRIAL_REGISTRATION,
        issuer=one_line(protocol.sponsor_collaborators_module.lead_sponsor.name) or None,
        container="ClinicalTrials.gov",
        year=year_of(published),
        published=published or None,
        revision=status.last_update_post_date_struct.date or None,
        identifiers=_identifiers(about),
        url=f"https://clinicaltrials.gov/study/{about.nct_id}",
        language="en",
        notices=tuple(_notices(protocol)),
        subjects=_subjects(study),
    )
    return Document(source=source, passages=builder.passages)


def _identifiers(about: schema.Identification) -> dict[str, str]:
    identifiers = {"nct": about.nct_id}
    for secondary in about.secondary_id_infos:
        if secondary.type == "EUDRACT_NUMBER" and secondary.id:
            identifiers.setdefault("eudract", one_line(secondary.id))
    return identifiers


def _notices(protocol: schema.Protocol) -> Iterator[str]:
    for reference in protocol.references_module.references:
        for retraction in reference.retractions:
            yield f"A publication listed by the registry is retracted: PMID {retraction.pmid}"


def _subjects(study: schema.Study) -> tuple[str, ...]:
    protocol, derived = study.protocol_section, study.derived_section
    names = (
        *protocol.conditions_module.conditions,
        *(one.name for one in protocol.arms_interventions_module.interventions),
        *(mesh.term for mesh in derived.condition_browse_module.meshes),
        *(mesh.term for mesh in derived.intervention_browse_module.meshes),
        *protocol.conditions_module.keywords,
    )
    return tuple(dict.fromkeys(filter(None, map(one_line, names))))


def _add_protocol(protocol: schema.Protocol, builder: TextBuilder) -> None:
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


def _add(builder: TextBuilder, name: str, texts: Iterator[str] | list[str] | map[str]) -> None:
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
