"""qPCR against published tables and R: pcr, NormqPCR, qpcR."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected import Comparison, column, columns, rows, same
from hepatica.bench import analyse
from hepatica.bench.assays.qpcr_amplification import second_derivative_maximum
from hepatica.bench.assays.qpcr_efficiency import StandardCurve, assumed, standard_curve
from hepatica.bench.assays.qpcr_ratio import curve_ratio, fold, technical_fold
from hepatica.bench.assays.qpcr_stability import genorm, norm_finder
from hepatica.bench.assays.qpcr_wells import Replicates, Well, by_sample
from hepatica.bench.distributions import t_p, t_quantile
from hepatica.bench.rank import rank_shift

GENES = ("c_myc", "GAPDH")
DOUBLING = {gene: assumed() for gene in GENES}
PRINTED = "printed rounded: half of the last digit"
PCR_CURVE = (
    "pcr takes the coefficient of variation itself from the ratio (5.46 - 0.064); one standard "
    "deviation is 0.064 x 5.46 = 0.35, which Livak and Schmittgen print. Compared with theirs"
)


def _within(name: str, found: float, printed: float, digits: int) -> Comparison:
    """A comparison with a printed figure: half a unit of its last digit, widened for rounding."""
    half = 0.505 * 10.0**-digits
    return Comparison(name, found, printed, half / abs(printed) if printed else half, PRINTED)


def _tissues(path: Path) -> dict[str, dict[str, Replicates]]:
    wells = [
        Well(sample=row["tissue"], group=row["tissue"], gene=gene, cq=float(row[gene]),
             replicate=str(number))
        for number, row in enumerate(rows(path))
        for gene in GENES
    ]  # fmt: skip
    held = by_sample(wells)
    return {tissue: {g: held[tissue, g] for g in GENES} for tissue in ("brain", "kidney")}


def _curves(path: Path) -> dict[str, StandardCurve]:
    held = {}
    for gene in GENES:
        wells = [
            Well(sample="pool", gene=gene, cq=float(row[gene]), role="standard",
                 quantity=float(row["input_ng"]))
            for row in rows(path)
        ]  # fmt: skip
        curve = standard_curve(gene, wells, 0.95)
        assert isinstance(curve, StandardCurve), curve
        held[gene] = curve
    return held


def _table(
    name: str, tissues: dict[str, dict[str, Replicates]], said: list[dict[str, Any]],
    tolerance: float, *, same_tube: bool,
) -> Iterator[Comparison]:  # fmt: skip
    control = tissues["brain"]
    for row in said:
        side = tissues[row["group"]]
        found = technical_fold(side, control, "c_myc", ("GAPDH",), DOUBLING, same_tube=same_tube)
        values = {
            "normalized": side["c_myc"].mean - side["GAPDH"].mean, "calibrated": -found.log2,
            "relative_expression": 2**found.log2, "error": found.spread,
            "lower": 2 ** (found.log2 - found.spread), "upper": 2 ** (found.log2 + found.spread),
        }  # fmt: skip
        for key, value in values.items():
            yield Comparison(f"{name} {row['group']} {key}", value, row[key], tolerance)


def ddct(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance, pcr = section["rel_tol"], folder / "pcr"
    first, second = _tissues(pcr / "ct1.csv"), _tissues(pcr / "ct2.csv")
    yield from _table("ct1", first, section["ct1_ddct_separate_tube"], tolerance, same_tube=False)
    yield from _table("ct2", second, section["ct2_ddct_same_tube"], tolerance, same_tube=True)
    curves = _curves(pcr / "ct3.csv")
    yield from _standards(section, curves, tolerance)
    yield from _relative_curve(section, first, curves, tolerance)
    yield from _pfaffl(section["ct1_pfaffl"], first, curves, tolerance)
    yield from _yuan(section, rows(pcr / "ct4.csv"), tolerance)
    yield from _published(section["published"], first, second)


def _standards(
    section: dict[str, Any], curves: dict[str, StandardCurve], tolerance: float
) -> Iterator[Comparison]:
    for table, names in (
        ("ct3_standard_curve", {"intercept": "intercept", "slope": "slope", "r_squared": "r2"}),
        ("ct3_lm", {"slope": "slope", "intercept": "intercept", "se_slope": "se_slope",
                    "r2": "r2"}),
    ):  # fmt: skip
        for row in section[table]:
            for theirs, ours in names.items():
                found = getattr(curves[row["gene"]], ours)
                yield Comparison(f"{table} {row['gene']} {theirs}", found, row[theirs], tolerance)
    for row in section["ct3_lm"]:
        curve = curves[row["gene"]]
        yield Comparison(
            f"{row['gene']} efficiency", curve.factor - 1, row["efficiency"], tolerance
        )
        for edge, found in zip(row["eff_ci95"].values(), curve.bounds or (), strict=True):
            yield Comparison(f"{row['gene']} efficiency bound", found - 1, edge, tolerance)
    # the slope of ΔCt on log quantity is the difference of the two slopes
    (said,) = section["ct3_efficiency_dct_slope"]
    target, reference = (curves[gene] for gene in GENES)
    slope, intercept = target.slope - reference.slope, target.intercept - reference.intercept
    yield Comparison("ΔCt slope", slope, said["slope"], tolerance)
    yield Comparison("ΔCt intercept", intercept, said["intercept"], tolerance)
    x, y = np.array(target.log_quantity), np.array(target.cq) - np.array(reference.cq)
    left = float(((y - intercept - slope * x) ** 2).sum())
    r2 = 1 - left / float(((y - y.mean()) ** 2).sum())
    yield Comparison("ΔCt R²", r2, said["r_squared"], tolerance)


def _relative_curve(
    section: dict[str, Any], tissues: dict[str, dict[str, Replicates]],
    curves: dict[str, StandardCurve], tolerance: float,
) -> Iterator[Comparison]:  # fmt: skip
    for row in section["ct1_relative_curve"]:
        group = row["group"]
        found = curve_ratio(tissues[group], tissues["brain"], "c_myc", ("GAPDH",), curves)
        values = {
            "normalized": found.treated, "calibrated": found.ratio,
            "error": found.cv * found.treated,
        }  # fmt: skip
        for key, value in values.items():
            yield Comparison(f"curve {group} {key}", value, row[key], tolerance)
        if group == "brain":  # where the ratio is 1 the two intervals are the same
            for key, value in zip(("lower", "upper"), found.bounds, strict=True):
                yield Comparison(f"curve {group} {key}", value, row[key], tolerance)
            continue
        said = section["published"]["Livak_standard_curve_ct1"]
        yield _within("curve kidney, as printed", found.ratio, said["kidney_norm"], 1)
        half = (found.bounds[1] - found.bounds[0]) / 2
        tight = 0.505e-2 / said["sd"]
        yield Comparison("curve kidney SD, as printed", half, said["sd"], tight, PCR_CURVE)
        for key, sign in (("lower", -1), ("upper", 1)):
            theirs = found.ratio + sign * found.cv
            yield Comparison(f"curve kidney {key} by pcr's rule", theirs, row[key], tolerance)


def _pfaffl(
    said: dict[str, Any], tissues: dict[str, dict[str, Replicates]],
    curves: dict[str, StandardCurve], tolerance: float,
) -> Iterator[Comparison]:  # fmt: skip
    efficiency = {gene: curve.efficiency for gene, curve in curves.items()}
    kidney, brain = tissues["kidney"], tissues["brain"]
    found = technical_fold(kidney, brain, "c_myc", ("GAPDH",), efficiency, same_tube=False)
    values = {
        "E_target": curves["c_myc"].factor, "E_ref": curves["GAPDH"].factor,
        "dCt_target": brain["c_myc"].mean - kidney["c_myc"].mean,
        "dCt_ref": brain["GAPDH"].mean - kidney["GAPDH"].mean,
        "ratio": 2**found.log2, "log2ratio": found.log2, "se_log2ratio_Ct_only": found.se,
    }  # fmt: skip
    for key, value in values.items():
        yield Comparison(f"Pfaffl {key}", value, said[key], tolerance)


def _yuan(
    section: dict[str, Any], table: list[dict[str, str]], tolerance: float
) -> Iterator[Comparison]:
    cycles: dict[tuple[str, str], float] = {}
    sides: dict[str, list[str]] = {"control": [], "treatment": []}
    for number, row in enumerate(table):
        name = f"{row['group']} {number}"
        sides[row["group"]].append(name)
        cycles |= {(name, "ref"): float(row["ref"]), (name, "target"): float(row["target"])}
    efficiency = {"ref": assumed(), "target": assumed()}
    found = fold(cycles, sides["treatment"], sides["control"], "target", ("ref",), efficiency)
    low, high = found.bounds(0.95)
    (welch,), (pooled,) = section["ct4_ttest"], section["ct4_lm"]
    for key, value in (("estimate", -found.log2), ("lower", -high), ("upper", -low),
                       ("p_value", found.p)):  # fmt: skip
        yield Comparison(f"Welch {key}", value, welch[key], tolerance)
    df = sum(found.n) - 2  # equal groups: the pooled variance gives the same standard error
    reach = t_quantile(0.95, df) * found.se
    for key, value in (("estimate", -found.log2), ("lower", -found.log2 - reach),
                       ("upper", -found.log2 + reach), ("p_value", t_p(found.log2 / found.se, df)),
                       ):  # fmt: skip
        yield Comparison(f"linear model {key}", value, pooled[key], tolerance)
    changes = [
        [cycles[name, "target"] - cycles[name, "ref"] for name in sides[group]]
        for group in ("treatment", "control")
    ]
    ranks = rank_shift(changes[0], changes[1], 0.95)
    assert ranks is not None
    (said,) = section["ct4_wilcox"]
    printed = section["published"]["Yuan2006_ct4"]
    for key, value in (("estimate", ranks.value), ("lower", ranks.low), ("upper", ranks.high),
                       ("p_value", ranks.p)):  # fmt: skip
        yield Comparison(f"Wilcoxon {key}", value, said[key], tolerance)
    yield _within("Yuan estimate", -found.log2, printed["estimate"], 4)
    yield _within("Yuan Wilcoxon", ranks.value, printed["wilcox"], 4)
    yield from _regression(table, printed)
    for value, edge, digits in ((-reach - found.log2, printed["t_ci"][0], 3),
                                (reach - found.log2, printed["t_ci"][1], 4),
                                (ranks.low, printed["wilcox_ci"][0], 4),
                                (ranks.high, printed["wilcox_ci"][1], 4)):  # fmt: skip
        yield _within("Yuan interval", value, edge, digits)


def _regression(table: list[dict[str, str]], printed: dict[str, Any]) -> Iterator[Comparison]:
    """The paper's regression: gene by treatment by amount, with every interaction.

    Its terms are in no page seen; of 192 linear models this one alone gives the printed digits. Its
    contrast is the mean over amounts of the differences of tubes' means, and its error that of the
    tubes within their 16 cells.
    """
    wells = [
        Well(sample=row["amount"], group=row["group"], gene=gene, cq=float(row[gene]),
             replicate=str(number))
        for number, row in enumerate(table)
        for gene in ("ref", "target")
    ]  # fmt: skip
    control, treated = (
        by_sample([well for well in wells if well.group == group])
        for group in ("control", "treatment")
    )
    amounts = sorted({well.sample for well in wells})
    efficiency = {"ref": assumed(), "target": assumed()}
    changes = [
        technical_fold(
            {gene: treated[amount, gene] for gene in efficiency},
            {gene: control[amount, gene] for gene in efficiency},
            "target", ("ref",), efficiency, same_tube=False,
        ).log2
        for amount in amounts
    ]  # fmt: skip
    cells = [*control.values(), *treated.values()]
    df = sum(len(cell.cqs) - 1 for cell in cells)
    variance = sum((len(cell.cqs) - 1) * (cell.sd or 0) ** 2 for cell in cells) / df
    terms = sum(variance / len(cell.cqs) for cell in cells)
    estimate = -float(np.mean(changes))
    reach = t_quantile(0.95, df) * float(np.sqrt(terms)) / len(amounts)
    for value, edge in zip((estimate - reach, estimate + reach), printed["lm_ci"], strict=True):
        yield _within("Yuan regression", value, edge, 4)


def _published(
    said: dict[str, Any], first: dict[str, dict[str, Replicates]],
    second: dict[str, dict[str, Replicates]],
) -> Iterator[Comparison]:  # fmt: skip
    for tissues, row, tissue, tubes, last in (
        (first, said["Livak2001_table_ct1"]["brain"], "brain", False, 1),
        (first, said["Livak2001_table_ct1"]["kidney"], "kidney", False, 1),
        (second, said["Livak2001_ct2"]["kidney"], "kidney", True, 2),
    ):
        side, control = tissues[tissue], tissues["brain"]
        found = technical_fold(side, control, "c_myc", ("GAPDH",), DOUBLING, same_tube=tubes)
        value = {
            "dct": side["c_myc"].mean - side["GAPDH"].mean, "ddct": -found.log2,
            "sd": found.spread, "norm": 2**found.log2, "lo": 2 ** (found.log2 - found.spread),
            "hi": 2 ** (found.log2 + found.spread),
        }  # fmt: skip
        for key, printed in row.items():
            digits = last if key in ("norm", "lo", "hi") else 2
            if tubes and key in ("norm", "lo", "hi"):
                yield _carried(f"Livak ct2 {tissue} {key}", value[key], printed)
            else:
                yield _within(f"Livak {tissue} {key}", value[key], printed, digits)


def _carried(name: str, found: float, printed: float) -> Comparison:
    reason = "computed there from ΔΔCt and SD rounded to two digits: 0.7 % in the ratio"
    return Comparison(name, found, printed, 0.007, reason)


def mir124(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    table = rows(folder / section["file"])
    data = columns([
        {"sample": row["group"], "group": row["group"], "gene": row["gene"], "cq": row["ct"]}
        for row in table
    ])  # fmt: skip
    result = analyse("qpcr", data, {"references": ["miR16"], "control": "DMSO"})
    found = result.estimate("technical fold")
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    spread = np.log2(found.value / found.low)
    values = {
        "ddct": -np.log2(found.value), "fold": found.value, "sd_dct_treated": spread,
        "lower": found.low, "upper": found.high,
    }  # fmt: skip
    for key, value in values.items():
        yield Comparison(key, float(value), section[key], tolerance)
    for value, said in zip((found.value, found.low, found.high), section["R_pcr_reported"],
                           strict=True):  # fmt: skip
        yield Comparison("as R's pcr reports", value, said, 1e-6)
    yield same("no replicate dropped", found.n, sum(row["gene"] == "miR124" for row in table))


def stability(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    table = rows(folder / "normqpcr/geNorm_vandesompele2002.csv")
    genes = [name for name in table[0] if name not in ("sample", "tissue")]
    for tissue, said in section["geNorm"].items():
        here = [row for row in table if row["tissue"] == tissue]
        found = genorm(np.log2([[float(row[g]) for g in genes] for row in here]), genes)
        yield same(f"{tissue} ranking", list(found.ranking), said["ranking"])
        for gene, value in said["M_all_genes"].items():
            yield Comparison(f"{tissue} M {gene}", found.m[gene], value, tolerance)
        for name, value in said["V"].items():
            yield Comparison(f"{tissue} V{name}", found.v[int(name.split("/")[0])], value,
                             tolerance)  # fmt: skip
        for count, value in said["meanM"].items():
            yield Comparison(f"{tissue} mean M {count}", found.mean_m[int(count)], value, tolerance)
    for name in ("Colon", "Bladder"):
        table = rows(folder / f"normqpcr/{name}_andersen2004.csv")
        genes = [entry for entry in table[0] if entry not in ("sample", "group")]
        log2 = np.log2([[float(row[g]) for g in genes] for row in table])
        said = section[f"NormFinder_{name}"]
        rho = norm_finder(log2, genes, [row["group"] for row in table]).rho
        for gene, value in said["rho"].items():
            yield Comparison(f"{name} rho {gene}", rho[gene], value, tolerance)
        found = genorm(log2, genes)
        yield same(f"{name} geNorm ranking", list(found.ranking), said["geNorm_ranking"])


def raw(section: dict[str, Any], folder: Path) -> Iterator[Comparison]:
    tolerance = section["rel_tol"]
    for file in section["files"]:
        name = Path(file).stem
        said, table = section[name], rows(folder / file)
        cycles = column(table, "Cycles").tolist()
        wells = []
        for well, cq, dilution in zip(
            said["well"], said["cpD2"], said["log10_dilution"], strict=True
        ):
            found = second_derivative_maximum(cycles, column(table, well).tolist())
            yield Comparison(f"{name} {well} Cq", found, cq, tolerance)
            wells.append(Well(sample=well, gene=name, cq=found, role="standard",
                              quantity=10.0**dilution))  # fmt: skip
        curve = standard_curve(name, wells, 0.95)
        assert isinstance(curve, StandardCurve), curve
        for key, value in (("slope", curve.slope), ("intercept", curve.intercept),
                           ("r2", curve.r2), ("E", curve.factor)):  # fmt: skip
            yield Comparison(f"{name} {key}", value, said[key], tolerance)


SECTIONS = {
    "qpcr_ddct": ddct,
    "qpcr_mir124": mir124,
    "reference_gene_stability": stability,
    "qpcr_raw_efficiency": raw,
}
