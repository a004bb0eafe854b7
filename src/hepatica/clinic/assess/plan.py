"""The plan: each guidance rule as it stands in this patient, with what must be read first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hepatica.clinic.assess.conditions import Outcome
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Precaution, Recommendation, Standing, State
from hepatica.clinic.assess.rules import Caution, Guidance, conditions, guidance, precautions
from hepatica.clinic.assess.together import not_added
from hepatica.clinic.definition import definition, in_words
from hepatica.clinic.units import plain, with_unit
from hepatica.evidence.curated import Claim

Claims = Callable[[str], Claim]
STATES: dict[bool | None, State] = {True: "met", False: "not_met", None: "unknown"}


def drug_precautions(found: Gathered, outcome: Outcome, drug: str) -> tuple[Precaution, ...]:
    """Contraindications, then cautions, of one drug in this patient, whatever their state."""
    item = precautions()[drug]
    kinds = [("contraindication", c) for c in item.contraindications]
    kinds += [("caution", c) for c in item.cautions]
    return tuple(_precaution(found, outcome, drug, kind, one) for kind, one in kinds)


def _precaution(
    found: Gathered, outcome: Outcome, drug: str, kind: str, one: Caution
) -> Precaution:
    key = f"precaution {drug} {one.id}"
    return Precaution(
        id=one.id,
        drug=precautions()[drug].name,
        kind="contraindication" if kind == "contraindication" else "caution",
        state=STATES[outcome.value[key]],
        why=one.why,
        authority=one.authority,
        because=because(key, found),
        missing=found.settles(outcome.unknown.get(key, ())),
        claims=one.claims,
    )


def plan(found: Gathered, outcome: Outcome, claim: Claims) -> tuple[Recommendation, ...]:
    """Every rule with its standing; those that do not apply now are kept as "not_now"."""
    return not_added([_recommend(rule, found, outcome, claim) for rule in guidance()])


def _recommend(rule: Guidance, found: Gathered, outcome: Outcome, claim: Claims) -> Recommendation:
    key = f"guidance {rule.id}"
    holds = outcome.value[key]
    first = before((*rule.gives, *rule.weigh), found, outcome) if holds is not False else ()
    standing = stands(holds, first)
    proposes = standing in (Standing.APPLIES, Standing.WEIGH, Standing.CHECK_FIRST)
    missing = found.settles(outcome.unknown.get(key, ()))
    missing += tuple(text for item in first for text in item.missing)
    missing += _for_the_dose(rule, found) if proposes and holds else ()
    words = strength(rule, claim)
    return Recommendation(
        id=rule.id,
        section=rule.section,
        title=rule.title,
        authority=rule.authority,
        text=refusal(rule) if standing is Standing.CONTRAINDICATED else rule.text,
        standing=standing,
        strength=words,
        tier=claim(rule.claims[0]).tier.value,
        claims=tuple(dict.fromkeys((*rule.claims, *(c for item in first for c in item.claims)))),
        gives=rule.gives,
        first=first,
        because=because(key, found) if holds else (),
        missing=tuple(dict.fromkeys(missing)),
        for_this_patient=_for_this_patient(rule, found) if proposes else None,
        beside=rule.beside,
        note=None if standing is Standing.CONTRAINDICATED else rule.note,
        plain=rule.plain,
        decided=holds is not None,
    )


def before(drugs: Iterable[str], found: Gathered, outcome: Outcome) -> tuple[Precaution, ...]:
    """What is present or unknown and must be read before these drugs, the gravest first."""
    looked_at = [item for drug in drugs for item in drug_precautions(found, outcome, drug)]
    present = [item for item in looked_at if item.state != "not_met"]
    return tuple(sorted(present, key=lambda p: (p.kind != "contraindication", p.state != "met")))


def stands(holds: bool | None, first: tuple[Precaution, ...]) -> Standing:
    """How firmly a rule holds, given the precautions that are present or unknown."""
    if holds is False:
        return Standing.NOT_NOW
    if any(p.kind == "contraindication" and p.state == "met" for p in first):
        return Standing.CONTRAINDICATED
    if holds is None:
        return Standing.UNDECIDED
    if any(p.state == "unknown" for p in first):
        return Standing.CHECK_FIRST
    return Standing.WEIGH if first else Standing.APPLIES


def refusal(rule: Guidance) -> str:
    """What is said in place of a rule whose drug is contraindicated: no drug, no dose."""
    return f"Not proposed: {rule.title}."


def strength(rule: Guidance, claim: Claims) -> str:
    """The grade as printed with the first claim, the one whose words the rule says."""
    return rule.strength or claim(rule.claims[0]).strength or "not graded"


def because(key: str, found: Gathered) -> tuple[str, ...]:
    """The known facts that a condition rests on, as they were observed."""
    names = conditions().uses(key)
    return tuple(dict.fromkeys(found.shown[name] for name in names if name in found.shown))


def _for_this_patient(rule: Guidance, found: Gathered) -> str | None:
    """The dose calculated for the patient, and what was observed that the rule is about."""
    observed = [found.shown[name] for name in rule.observed if name in found.shown]
    said = [text for text in (_amount(rule, found), *observed) if text]
    return "; ".join(said) or None


def _for_the_dose(rule: Guidance, found: Gathered) -> tuple[str, ...]:
    """What the dose cannot be calculated without, such as the weight."""
    if rule.amount is None:
        return ()
    needs = found.scores[rule.amount.score].unknown.get(rule.amount.output, ())
    return tuple(f"{text}, for the dose" for text in in_words(rule.amount.score, needs))


def _amount(rule: Guidance, found: Gathered) -> str | None:
    if rule.amount is None:
        return None
    result = found.scores[rule.amount.score]
    value = result.outputs.get(rule.amount.output)
    if value is None or isinstance(value, str):
        return None
    unit = definition(rule.amount.score).outputs[rule.amount.output].unit or "1"
    return f"{with_unit(plain(round(float(value), 1)), unit)} {rule.amount.words}"
