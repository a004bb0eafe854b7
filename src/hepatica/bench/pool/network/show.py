"""A network as a document: what it rests on, what it says of each pair, how far it holds."""

from __future__ import annotations

from hepatica.bench.pool.document import Document, Section, Table
from hepatica.bench.pool.network.analysis import Network, Pair
from hepatica.bench.pool.numbers import interval, p_value, shown, value
from hepatica.bench.pool.show import READ, before, left_out
from hepatica.bench.pool.verdict import Verdict, sentence

__all__ = ["network_document"]

TAU = {"dl": "DerSimonian-Laird", "reml": "REML", "iv": "set to 0: common effect"}


def network_document(found: Network) -> Document:
    """The network meta-analysis in words and tables."""
    sections = (
        before(found.concerns),
        Section("Trials", _trials(found), _mark(found)),
        Section("What this says", lines=(*_says(found), READ)),
        Section(
            f"Against {found.names[found.reference]}",
            _against(found),
            ("Random: random effects; t: the same with Student's t and the df of Q.",),
        ),
        Section(
            "League table",
            _league(found),
            (
                f"Row against column, {found.measure.words} with {100 * found.level:g}% interval: "
                "below the diagonal from the whole network, above it from direct comparisons only "
                "(random effects).",
            ),
        ),
        Section("Ranking", _ranking(found), (_rank_note(found),)),
        Section("Heterogeneity and consistency", _parts(found), _spread(found)),
        Section("Direct and indirect evidence", _splits(found), _split_note(found)),
        left_out(found.left_out),
    )
    total = sum(found.patients.values())
    return Document(
        title=found.title,
        about=f"Network meta-analysis, {found.measure.words}: {len(found.treatments)} treatments, "
        f"{len(found.studies)} studies, {total} patients; random effects "
        f"(tau² {TAU[found.tau2_method]}).",
        sections=tuple(section for section in sections if section is not None),
    )


def _trials(found: Network) -> Table:
    rows = []
    for study in found.studies:
        arms = "; ".join(
            f"{found.names[arm.treatment]} {arm.events}/{arm.total}{'*' if arm.derived else ''}"
            for arm in study.arms
        )
        rows.append((study.label, arms))
    return Table(("trial", "events of patients"), tuple(rows), left=2)


def _mark(found: Network) -> tuple[str, ...]:
    some = any(study.derived for study in found.studies)
    return ("* events calculated from a percentage.",) if some else ()


def _says(found: Network) -> list[str]:
    """One sentence for each pair: those that are supported first, the reference second."""
    order = {Verdict.MORE: 0, Verdict.FEWER: 0, Verdict.UNSETTLED: 1, Verdict.NONE_SHOWN: 2}
    pairs = [pair for pair in found.pairs if _leads(found, pair)]
    lines = []
    for pair in sorted(pairs, key=lambda p: order[p.found]):
        text = shown(found.measure, pair.effect, pair.low, pair.high, found.level)
        words = sentence(
            pair.found, found.names[pair.first], found.names[pair.second], text,
            cautious="the one with Student's t",
        )  # fmt: skip
        how = {0: "Indirect only.", 1: f"Directly from one trial ({', '.join(pair.direct)})."}.get(
            len(pair.direct), f"Directly from {len(pair.direct)} trials."
        )
        lines.append(f"{words} {how}")
    return lines


def _leads(found: Network, pair: Pair) -> bool:
    """Whether the pair is told this way round: the reference is second, else by P-score."""
    if found.reference in (pair.first, pair.second):
        return pair.second == found.reference
    places = [name for name, _ in found.p_scores]
    return places.index(pair.first) < places.index(pair.second)


def _against(found: Network) -> Table:
    rows = []
    for name, _ in found.p_scores:
        if name == found.reference:
            continue
        pair = found.pair(name, found.reference)
        cautious = "–"
        if pair.t_low is not None and pair.t_high is not None:
            cautious = interval(found.measure, pair.t_low, pair.t_high)
        ahead = "–"
        if pair.predicted_low is not None and pair.predicted_high is not None:
            ahead = interval(found.measure, pair.predicted_low, pair.predicted_high)
        rows.append(
            (
                found.names[name],
                f"{value(found.measure, pair.effect)} "
                f"({interval(found.measure, pair.low, pair.high)})",
                cautious,
                f"{value(found.measure, pair.common)} "
                f"({interval(found.measure, pair.common_low, pair.common_high)})",
                ahead,
                str(len(pair.direct)),
            )
        )
    header = ("treatment", "random", "t", "common", "new study", "direct trials")
    return Table(header, tuple(rows))


def _league(found: Network) -> Table:
    names = [name for name, _ in found.p_scores]
    known = {(s.first, s.second): (s.direct, s.direct_se) for s in found.splits}
    known |= {(b, a): (-effect, se) for (a, b), (effect, se) in known.items()}
    z = (found.pairs[0].high - found.pairs[0].effect) / found.pairs[0].se
    rows = []
    for i, first in enumerate(names):
        cells = [found.names[first]]
        for j, second in enumerate(names):
            if i == j:
                cells.append("·")
            elif i > j:
                pair = found.pair(first, second)
                cells.append(_cell(found, pair.effect, pair.low, pair.high))
            elif (first, second) in known:
                effect, se = known[(first, second)]
                cells.append(_cell(found, effect, effect - z * se, effect + z * se))
            else:
                cells.append("–")
        rows.append(tuple(cells))
    return Table(("", *(found.names[name] for name in names)), tuple(rows))


def _cell(found: Network, effect: float, low: float, high: float) -> str:
    return f"{value(found.measure, effect)} ({interval(found.measure, low, high)})"


def _ranking(found: Network) -> Table:
    rows = tuple(
        (found.names[name], f"{score:.2f}", str(found.patients[name]))
        for name, score in found.p_scores
    )
    return Table(("treatment", "P-score", "patients"), rows)


def _rank_note(found: Network) -> str:
    unsettled = any(
        found.pair(first, second).found in (Verdict.UNSETTLED, Verdict.NONE_SHOWN)
        for (first, _), (second, _) in zip(found.p_scores, found.p_scores[1:], strict=False)
    )
    note = "P-score: the mean certainty of more events than each other treatment, 0 to 1."
    if unsettled:
        note += " Neighbours in this order are not shown to differ: it is no order of merit."
    return note


def _parts(found: Network) -> Table:
    rows = tuple(
        (
            _part_name(found, part.name),
            f"{part.q:.2f}",
            str(part.df),
            p_value(part.p) if part.df else "–",
        )
        for part in found.parts
    )
    return Table(("", "Q", "df", "p"), rows)


def _part_name(found: Network, name: str) -> str:
    return " : ".join(found.names.get(one, one) for one in name.split(" : "))


def _spread(found: Network) -> tuple[str, ...]:
    i2 = "not defined" if found.i2 is None else f"{found.i2:.0f}%"
    return (f"tau² {found.tau2:.4g}, one for all comparisons; I² {i2}.",)


def _splits(found: Network) -> Table:
    rows = []
    for split in found.splits:
        indirect, ratio, p = "–", "–", "–"
        if split.indirect is not None and split.difference is not None:
            indirect, ratio = (
                value(found.measure, split.indirect),
                value(found.measure, split.difference),
            )
            p = p_value(split.p)
        rows.append(
            (
                f"{found.names[split.first]} : {found.names[split.second]}",
                str(len(split.studies)),
                f"{100 * split.share:.0f}%",
                value(found.measure, split.direct),
                indirect,
                ratio,
                p,
            )
        )
    last = "ratio" if found.measure.is_ratio else "difference"
    header = ("pair", "trials", "direct share", "direct", "indirect", last, "p")
    return Table(header, tuple(rows))


def _split_note(found: Network) -> tuple[str, ...]:
    if any(len(study.arms) > 2 for study in found.studies):
        return ("With trials of three or more arms the split is approximate.",)
    return ()
