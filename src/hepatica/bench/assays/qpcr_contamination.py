"""Controls without template or enzyme that came up, and how much of a sample they may be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hepatica.bench.assays.qpcr_efficiency import Efficiency
from hepatica.bench.assays.qpcr_wells import Replicates, Well

__all__ = ["CONTROLS", "MOST", "Contamination", "contamination", "latest"]

CONTROLS = {"ntc": "without template", "nrt": "without enzyme"}
MOST = 0.5  # beyond it more of a signal may be contamination than not
Held = Mapping[tuple[str, str], Replicates]


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """`share` of a signal, at most 1, that may be contamination: the worst of those in `reason`."""

    share: float
    reason: str


def contamination(
    wells: Sequence[Well],
    held: Held,
    keys: Iterable[tuple[str, str]],
    efficiency: Mapping[str, Efficiency],
    margin: float,
) -> Contamination | None:
    """How much of the signals in `keys` may be contamination, the worst sample of each gene.

    None where every control comes `margin` cycles or more after the sample. The share is E^-gap,
    where the control comes `gap` cycles after the sample (the table of QIAGEN's FAQ on the signal
    due to contaminating DNA, qiagen.com: at full efficiency 50 % at 1 cycle, 3 % at 5).
    """
    worst: dict[str, tuple[float, str]] = {}
    samples = {sample for sample, _ in held}
    for sample, gene in keys:
        part = held[sample, gene]
        for well in wells:
            if well.cq is None or not part.cqs or not _speaks_of(well, sample, gene, samples):
                continue
            gap = well.cq - part.mean
            share = efficiency[gene].factor ** -gap
            if gap < margin and (gene not in worst or share > worst[gene][0]):
                amount = "all" if share >= 1 else f"up to {100 * share:.3g} %"
                told = (
                    f"{amount} of the signal of {gene} in {sample} may be contamination: Cq "
                    f"{part.mean:.2f}, {CONTROLS[well.role]} {well.cq:.2f}"
                )
                worst[gene] = share, told
    if not worst:
        return None
    return Contamination(
        share=min(1.0, max(share for share, _ in worst.values())),
        reason="; ".join(told for _, told in worst.values()),
    )


def latest(well: Well, wells: Sequence[Well], held: Held) -> tuple[float, str] | None:
    """The Cq and the name of the last sample that a control speaks of; None where there is none.

    Without any samples the standards stand for them.
    """
    samples = {sample for sample, _ in held}
    found = [
        (part.mean, sample)
        for (sample, gene), part in held.items()
        if part.cqs and _speaks_of(well, sample, gene, samples)
    ]
    if not held:
        found = [
            (w.cq, w.sample) for w in wells
            if w.role == "standard" and w.gene == well.gene and w.cq is not None
        ]  # fmt: skip
    return max(found, default=None)


def _speaks_of(well: Well, sample: str, gene: str, samples: Collection[str]) -> bool:
    """Without template, of every sample; without enzyme, of the one whose name it bears, if any."""
    if well.role not in CONTROLS or well.gene != gene:
        return False
    return well.role == "ntc" or well.sample == sample or well.sample not in samples
