"""An assessment in plain words for the patient: no doses, nothing to start, stop or change."""

from __future__ import annotations

from collections.abc import Iterator

from hepatica.clinic.assess.model import Assessment, Recommendation, Standing
from hepatica.render.assessment_page import Line, Numbers, Page, Section

ADVICE = (
    "This page helps you talk with your care team. Do not start, stop or change a medicine "
    "because of it."
)
TREND = {
    "rising": "It is going up.",
    "falling": "It is going down.",
    "unchanged": "It has not changed since the test before.",
}


def patient_page(found: Assessment) -> Page:
    """The page: what was measured, what the team may do, and questions to ask."""
    numbers = Numbers(found)
    died = found.died or found.died_later
    if died is not None:
        said = f"The record says that the patient died on {died:%d %B %Y}."
        return Page(
            title="Your kidneys and your liver",
            lead=(Line(text=said, kind="strong"),),
            sections=(),
            references=(),
            footer=(found.disclaimer,),
        )
    sections = (
        Section(title="Your kidney test", blocks=tuple(_kidney(found, numbers))),
        Section(title="What your team may do", blocks=tuple(_team(found, numbers))),
        Section(title="Questions you can ask", blocks=tuple(_questions(found))),
    )
    return Page(
        title="Your kidneys and your liver",
        lead=(Line(text=ADVICE, kind="strong"),),
        sections=tuple(section for section in sections if section.blocks),
        references=numbers.references(),
        footer=(found.disclaimer.partition(": check every dose")[0] + ".",),
    )


def _kidney(found: Assessment, numbers: Numbers) -> Iterator[Line]:
    ica = found.episode.ica
    points = [p for p in ica.path if p.mg_dl is not None]
    if not points:
        yield Line(text="There is no kidney blood test (creatinine) on record yet.")
        return
    last = points[-1]
    yield Line(
        text=f"Your last kidney blood test (creatinine) was {last.given} "
        f"on {last.time:%d %B %Y}. {TREND.get(found.episode.trajectory.partition(':')[0], '')}"
    )
    if ica.state == "met" and _cirrhosis(found):  # the words speak of people with cirrhosis
        said = found.evidence["ica2015-aki-definition"]
        yield Line(text=said.plain or "", refs=numbers.of(("ica2015-aki-definition",)))


def _cirrhosis(found: Assessment) -> bool:
    items = (item for one in found.criteria for item in one.items)
    return any(item.id == "hrs_aki_2015.cirrhosis" and item.state == "met" for item in items)


def _team(found: Assessment, numbers: Numbers) -> Iterator[Line]:
    """What several authorities say in the same words stands once."""
    claims: dict[str, dict[str, None]] = {}
    for rule in found.plan:
        if rule.plain and _holds(rule):
            claims.setdefault(rule.plain, {}).update(dict.fromkeys(rule.claims))
    for text, named in claims.items():
        yield Line(text=text, kind="item", refs=numbers.of(tuple(named)))


def _holds(rule: Recommendation) -> bool:
    """What cannot wait is told even where something is still to be checked; no plain text gives."""
    urgent = rule.section == "now" and rule.standing is Standing.CHECK_FIRST
    return urgent or rule.standing in (Standing.APPLIES, Standing.WEIGH)


def _questions(found: Assessment) -> Iterator[Line]:
    if "met" in (found.episode.ica.state, found.episode.kdigo.state):
        yield Line(text="What is causing the trouble with my kidneys?", kind="item")
    yield Line(text="What are the treatments, and what are their risks for me?", kind="item")
    hrs = any(c.state == "met" for c in found.criteria[:3]) and not found.episode.resolved_by
    if (found.aclf.grade in ("2", "3") and not found.aclf.missing) or hrs:
        yield Line(text="Is a liver transplant something to talk about?", kind="item")
    if any(item.missing for item in found.precautions):
        yield Line(text="Which tests are still open before a treatment is chosen?", kind="item")
