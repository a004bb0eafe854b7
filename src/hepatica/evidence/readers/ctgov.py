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
from hepatica.evidence.readers._ctgov_protocol import add_protocol
from hepatica.evidence.readers._ctgov_results import add_results
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
    add_protocol(protocol, builder)
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
