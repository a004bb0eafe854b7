"""A dose is shown only when it was read no further away than on a secondary page."""

from __future__ import annotations

from hepatica.evidence.curated import Claim, Figure, Seen

_MASS = frozenset({"kg", "g", "mg", "ug", "ng", "[IU]", "[iU]"})
_CONCENTRATION = frozenset({"dL", "L", "mL"})

NOT_SHOWN = "not shown: a dose read only on a tertiary page"


def is_dose(figure: Figure) -> bool:
    """Whether the figure is an amount of a drug: a mass or units, by time or body weight or not.

    A concentration in blood ("mg/dL") is none.
    """
    amount, *per = (figure.unit or "").split("/")
    return amount in _MASS and not _CONCENTRATION & set(per)


def withheld(claim: Claim) -> bool:
    """Whether the claim gives a dose that was read only on a tertiary page."""
    return claim.seen is Seen.TERTIARY and any(map(is_dose, claim.figures))


def notice(claim: Claim) -> str:
    """What is said instead of such a claim: whose doses, of what, and where they would stand."""
    names = list(dict.fromkeys(figure.name for figure in claim.figures if is_dose(figure)))
    return (
        f"{claim.issuer or 'The work cited'} gives doses here ({', '.join(names)}), which were "
        "read only on a tertiary page and are not shown; they would stand in the reference."
    )
