"""Bad and degenerate input: for each case a clear error, or the right verdict.

Every case names what is wrong and either a part of the error or the verdicts to find.
"""
# ruff: noqa: E501  (a table of cases reads best with one case a line)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from tests.bench import simulated as data

from hepatica.bench.registry import analyse, run
from hepatica.bench.result import AssayResult, Verdict
from hepatica.errors import InputError

OK, NOT, BEYOND, SIDED = Verdict
Edit = Callable[[dict[str, list]], dict[str, list]]

BASES: dict[str, tuple[Callable[..., dict[str, list]], dict[str, Any]]] = {
    "binding": (data.binding, {}),
    "competition": (data.competition, {"radioligand": "1 nM", "radioligand_kd": "2 nM"}),
    "kinetics": (data.kinetics, {}),
    "response": (data.response, {}),
    "timecourse": (data.timecourse, {"lithium": True}),
}


def put(column: str, row: int, value: object) -> Edit:
    def edit(table: dict[str, list]) -> dict[str, list]:
        table[column][row] = value
        return table

    return edit


def rename(old: str, new: str) -> Edit:
    return lambda table: {new if name == old else name: values for name, values in table.items()}


def keep(test: Callable[[dict[str, Any]], bool]) -> Edit:
    def edit(table: dict[str, list]) -> dict[str, list]:
        rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        kept = [row for row in rows if test(row)]
        return {name: [row[name] for row in kept] for name in table}

    return edit


def change(column: str, function: Callable[[Any], Any]) -> Edit:
    return lambda table: {
        name: [function(v) for v in values] if name == column else values
        for name, values in table.items()
    }


def noise(column: str, level: float, sd: float, seed: int = 7) -> Edit:
    random = np.random.default_rng(seed)
    return change(column, lambda _: level + random.normal(0, sd))


ERRORS: list[tuple[str, str, Edit, dict[str, Any], str]] = [
    ("missing column", "binding", rename("signal [fmol/mg]", "reading [fmol/mg]"), {}, "no column 'signal'"),
    ("misspelt column", "response", rename("response", "respons"), {}, "did you mean 'respons'"),
    ("unit not given", "binding", rename("concentration [nM]", "concentration"), {}, "unit of 'concentration'"),
    ("unit not known", "response", rename("dose [nM]", "dose [nanom]"), {}, "unit 'nanom'"),
    ("unit of another quantity", "binding", rename("signal [fmol/mg]", "signal [nM]"), {}, "expected a unit of counts"),
    ("time in molar", "kinetics", rename("time [min]", "time [nM]"), {}, "not one of min"),
    ("header and study disagree", "response", rename("dose [nM]", "dose [µM]"), {"units": {"dose": "nM"}}, "the header gives"),
    ("decimal comma", "response", put("response", 3, "12,5"), {}, "decimal commas need"),
    ("mixed decimal marks", "response", lambda t: put("response", 3, "1.012,5")({k: [str(e).replace(".", ",") for e in v] for k, v in t.items()}), {"decimal": ","}, "mixes decimal marks"),
    ("point where commas are said", "response", put("response", 3, "12.5"), {"decimal": ","}, "has a point"),
    ("text for a number", "response", put("response", 3, "high"), {}, "is not a number"),
    ("infinite reading", "response", put("response", 3, "inf"), {}, "is not a number"),
    ("merged cells in a label", "binding", put("kind", 2, ""), {}, "merged over several rows"),
    ("merged cells in a dose", "response", put("dose [nM]", 4, ""), {}, "merged over several rows"),
    ("blank concentration", "binding", put("concentration [nM]", 4, None), {}, "merged over several rows"),
    ("NaN concentration", "competition", put("competitor [nM]", 4, float("nan")), {}, "is blank"),
    ("negative dose", "response", put("dose [nM]", 4, -1.0), {}, "is negative"),
    ("negative time", "kinetics", put("time [min]", 4, -1.0), {}, "is negative"),
    ("zero ligand", "kinetics", put("ligand [nM]", 4, 0.0), {}, "more than 0"),
    ("negative counts", "binding", lambda t: put("signal [cpm]", 3, -5.0)(rename("signal [fmol/mg]", "signal [cpm]")(t)), {}, "counts below zero"),
    ("kind not known", "binding", put("kind", 2, "blocked"), {}, "not one of total"),
    ("only non-specific", "binding", keep(lambda r: r["kind"] == "nonspecific"), {}, "no row is total"),
    ("specific beside total", "binding", put("kind", 2, "specific"), {}, "specific binding stands beside"),
    ("no kinds and no word", "binding", lambda t: {k: v for k, v in t.items() if k != "kind"}, {}, "readings: total"),
    ("no rows", "response", keep(lambda r: False), {}, "no rows"),
    ("all readings missing", "response", change("response", lambda _: None), {}, "no row holds"),
    ("unknown study key", "response", dict, {"contol": "a"}, "unknown key 'contol'"),
    ("study of another type", "response", dict, {"level": "high"}, "level: expected a number, not 'high'"),
    ("level out of range", "response", dict, {"level": 95}, "expected 0.5 to 0.999"),
    ("column of another assay in the study", "response", dict, {"units": {"signal": "cpm"}}, "no column 'signal'"),
    ("control that is no group", "response", dict, {"control": "wild type"}, "is no group"),
    ("model not known", "response", dict, {"model": "six"}, "Invalid enum"),
    ("weights on zero readings", "response", put("response", 0, 0.0), {"weights": "1/y2"}, "above zero"),
    ("efficiency in per cent", "binding", dict, {"efficiency": 48}, "expected a share"),
    ("specific activity without unit known", "binding", lambda t: rename("signal [fmol/mg]", "signal [cpm]")(t), {"specific_activity": "45 Ci/g", "efficiency": 0.5}, "unit 'Ci/g'"),
    ("protein in ml", "binding", lambda t: rename("signal [fmol/mg]", "signal [cpm]")(t), {"protein": "75 ml"}, "unit 'ml'"),
    ("protein of zero", "binding", dict, {"protein": "0 mg"}, "more than 0"),
    ("radioligand without number", "competition", dict, {"radioligand": "nM"}, "expected a number"),
    ("depletion model without volume", "binding", dict, {"model": "depletion"}, "needs volume"),
    ("exact competition without volume", "competition", dict, {"model": "depletion"}, "needs radioligand"),
    ("half a decay", "binding", lambda t: rename("signal [fmol/mg]", "signal [dpm]")(t), {"specific_activity": "45 Ci/mmol", "assay_date": "2025-01-01"}, "both reference_date"),
    ("decay without saying what decayed", "binding", lambda t: rename("signal [fmol/mg]", "signal [dpm]")(t), {"specific_activity": "45 Ci/mmol", "assay_date": "2025-01-01", "reference_date": "2024-01-01"}, "decayed_ligand"),
    ("assay before reference", "binding", lambda t: rename("signal [fmol/mg]", "signal [dpm]")(t), {"specific_activity": "45 Ci/mmol", "assay_date": "2023-01-01", "reference_date": "2024-01-01", "decayed_ligand": "binds"}, "is before"),
    ("no word on lithium", "timecourse", dict, {"lithium": None}, "lithium: true"),
    ("a free slope of a logistic curve", "response", dict, {"slope": "free"}, "operational"),
    ("operational model of one curve", "response", dict, {"model": "operational"}, "two or more groups"),
    ("too few readings for kinetics", "kinetics", keep(lambda r: r["time [min]"] == 3), {}, "readings for"),
    ("columns of unlike length", "response", lambda t: {**t, "response": t["response"][:-1]}, {}, "differ in length"),
    ("phase not known", "kinetics", put("phase", 0, "wash"), {}, "not one of association"),
    ("enormous readings", "response", change("response", lambda v: v * 1e200), {}, "no size of a reading"),
    ("minute doses", "response", change("dose [nM]", lambda v: v * 1e-200), {}, "no size of a reading"),
    ("control wells only", "response", lambda t: {**t, "well": ["high"] * len(t["response"])}, {}, "no row is a sample"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "assay", "edit", "study", "said"),
    ERRORS,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_refused_with_one_clear_line(what, assay, edit, study, said):
    make, base = BASES[assay]
    with pytest.raises(InputError) as caught:
        analyse(assay, edit(make()), {**base, **study})
    line = str(caught.value)
    assert said in line
    assert "\n" not in line
    assert len(line) < 400


@pytest.mark.parametrize(
    ("what", "assay", "edit", "study", "said"),
    ERRORS[:27],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_refused_from_a_file_as_well(tmp_path: Path, what, assay, edit, study, said):
    """The same cases as CSV and YAML: the reader of files says the same."""
    make, base = BASES[assay]
    table = edit(make())
    if what in ("columns of unlike length",):
        pytest.skip("a file cannot hold it")
    lines = [";".join(table)]
    lines += [
        ";".join("" if v is None or v != v else str(v) for v in row)
        for row in zip(*table.values(), strict=True)
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(yaml.safe_dump({**base, **study}), encoding="utf-8")
    with pytest.raises(InputError, match=r".") as caught:
        run(assay, tmp_path / "t.csv", tmp_path / "s.yaml")
    assert said in str(caught.value)


def _steep(table: dict[str, list]) -> dict[str, list]:
    return keep(lambda r: r["dose [nM]"] in (0.0, 0.03, 100.0))(table)


def _specific(table: dict[str, list]) -> dict[str, list]:
    """The simulated total binding without its non-specific part, 4 L + 6."""
    table = change("kind", lambda _: "specific")(keep(lambda r: r["kind"] == "total")(table))
    ligand = table["concentration [nM]"]
    signal = zip(table["signal [fmol/mg]"], ligand, strict=True)
    return {**table, "signal [fmol/mg]": [y - 4 * dose - 6 for y, dose in signal]}


def _early() -> dict[str, list]:
    """Association read from 0.1 to 0.5 min: an initial rate, and nothing else."""
    random = np.random.default_rng(3)
    rows = [(dose, time) for dose in (1.0, 3.0, 10.0) for time in (0.1, 0.2, 0.3, 0.5)] * 2
    return {
        "ligand [nM]": [dose for dose, _ in rows],
        "time [min]": [time for _, time in rows],
        "signal [dpm]": [20 * dose * time + random.normal(0, 3) for dose, time in rows],
    }


VERDICTS: list[tuple[str, str, Callable[[], dict[str, list]], dict[str, Any], dict[str, set[Verdict]]]] = [
    ("flat response", "response", lambda: noise("response", 78, 3)(data.response()), {}, {"EC50": {NOT}, "top": {NOT}, "Hill": {NOT}}),
    ("constant response without scatter", "response", lambda: change("response", lambda _: 50.0)(data.response()), {}, {"EC50": {NOT}, "top": {NOT}}),
    ("response of zeros", "response", lambda: change("response", lambda _: 0.0)(data.response()), {}, {"EC50": {NOT}, "span": {NOT}}),
    ("noise far above the effect", "response", lambda: data.response(sd=200.0, seed=2), {}, {"EC50": {NOT}}),
    ("EC50 far above the doses", "response", lambda: data.response(ec50=1e6, seed=2), {}, {"EC50": {NOT}}),
    ("EC50 far below the doses", "response", lambda: keep(lambda r: r["dose [nM]"] > 0)(data.response(ec50=1e-4, seed=2)), {}, {"EC50": {NOT}}),
    ("rising part only", "response", lambda: data.response(ec50=300.0, sd=0.5), {}, {"EC50": {NOT, BEYOND, SIDED}, "top": {NOT, BEYOND, SIDED}}),
    ("saturated at every dose", "response", lambda: keep(lambda r: r["dose [nM]"] >= 10)(data.response(ec50=0.05)), {}, {"EC50": {NOT}}),
    ("good curve", "response", data.response, {}, {"EC50": {OK}, "top": {OK}, "bottom": {OK}, "Hill": {OK}}),
    ("falling curve", "response", lambda: data.response(zero=100, end=5), {}, {"EC50": {OK}, "top": {OK}}),
    ("single replicate", "response", lambda: data.response(copies=1), {}, {"EC50": {OK}}),
    ("negative responses", "response", lambda: data.response(zero=-50, end=60), {}, {"EC50": {OK}, "bottom": {OK}}),
    ("one dose", "response", lambda: keep(lambda r: r["dose [nM]"] == 1)(data.response()), {}, {"EC50": {NOT}}),
    ("two doses", "response", lambda: keep(lambda r: r["dose [nM]"] in (1, 10))(data.response()), {}, {"EC50": {NOT}}),
    ("doses of zero only", "response", lambda: change("dose [nM]", lambda _: 0.0)(data.response()), {}, {"EC50": {NOT}}),
    ("fewer readings than parameters", "response", lambda: keep(lambda r: r["dose [nM]"] in (0.1, 1, 10))(data.response(copies=1)), {}, {"EC50": {NOT}}),
    ("two plateaus and nothing between", "response", lambda: _steep(data.response()), {}, {"EC50": {NOT, SIDED}, "Hill": {NOT, SIDED}}),
    ("doses in the wrong unit by a thousand", "response", lambda: rename("dose [nM]", "dose [pM]")(data.response()), {}, {"EC50": {OK}}),
    ("a missing reading", "response", lambda: put("response", 5, None)(data.response()), {}, {"EC50": {OK}}),
    ("large readings", "response", lambda: change("response", lambda v: v * 1e60)(data.response()), {}, {"EC50": {OK}}),
    ("small readings", "response", lambda: change("response", lambda v: v * 1e-60)(data.response()), {}, {"EC50": {OK}}),
    ("the top not reached", "response", lambda: data.response(ec50=250.0, hill=1.2, sd=0.4), {}, {"EC50": {BEYOND, SIDED}, "top": {SIDED, BEYOND}, "span": {SIDED, BEYOND}}),
    ("three doses, each alone", "response", lambda: keep(lambda r: r["dose [nM]"] in (0.3, 3, 30))(data.response(copies=2)), {}, {"EC50": {NOT, SIDED}, "Hill": {NOT, SIDED}, "span": {NOT, SIDED}}),
    ("one zero written as a minute dose", "response", lambda: change("dose [nM]", lambda v: v or 1e-6)(data.response()), {}, {"EC50": {OK}}),
    ("five parameters, too few readings", "response", lambda: data.response(copies=1, doses=(0.1, 1, 10, 100)), {"model": "five"}, {"EC50": {NOT}}),
    ("flat binding", "binding", lambda: noise("signal [fmol/mg]", 30, 2)(data.binding()), {}, {"Bmax": {NOT}, "Kd": {NOT}}),
    ("no specific binding", "binding", lambda: data.binding(bmax=0.0), {}, {"Bmax": {NOT}, "Kd": {NOT}}),
    ("never saturated", "binding", lambda: data.binding(kd=500.0, bmax=3000.0), {}, {"Bmax": {NOT, SIDED, BEYOND}, "Kd": {NOT, SIDED, BEYOND}}),
    ("saturated throughout", "binding", lambda: data.binding(kd=1e-4), {}, {"Kd": {NOT, SIDED}}),
    ("good binding", "binding", data.binding, {}, {"Bmax": {OK}, "Kd": {OK}}),
    ("total binding alone", "binding", lambda: keep(lambda r: r["kind"] == "total")(data.binding()), {}, {"Kd": {OK, SIDED}}),
    ("specific binding", "binding", lambda: _specific(data.binding(sd=0.5)), {}, {"Kd": {OK}, "Bmax": {OK}}),
    ("total binding given as specific", "binding", lambda: change("kind", lambda _: "specific")(keep(lambda r: r["kind"] == "total")(data.binding(sd=0.5))), {}, {"Kd": {BEYOND}, "Bmax": {BEYOND}}),
    ("kinds swapped", "binding", lambda: change("kind", {"total": "nonspecific", "nonspecific": "total"}.get)(data.binding()), {}, {"Bmax": {NOT}, "Kd": {NOT}, "NS": {NOT}}),
    ("two concentrations", "binding", lambda: keep(lambda r: r["concentration [nM]"] in (0.1, 12.8))(data.binding()), {}, {"Kd": {NOT}}),
    ("flat competition", "competition", lambda: noise("signal [dpm]", 2000, 50)(data.competition()), {}, {"IC50": {NOT}, "Ki": {NOT}}),
    ("competition that rises", "competition", lambda: change("signal [dpm]", lambda v: 4000 - v)(data.competition()), {}, {"IC50": {NOT}, "Ki": {NOT}}),
    ("good competition", "competition", data.competition, {}, {"IC50": {OK}, "Ki": {OK}}),
    ("competitor too weak", "competition", lambda: data.competition(ki=1e6), {}, {"Ki": {NOT}}),
    ("competitor too strong", "competition", lambda: keep(lambda r: r["competitor [nM]"] > 0)(data.competition(ki=1e-3)), {}, {"Ki": {NOT}}),
    ("homologous with IC50 below the ligand", "competition", data.competition, {"model": "homologous", "radioligand": "5000 nM"}, {"Kd": {NOT}, "Bmax": {NOT}}),
    ("flat kinetics", "kinetics", lambda: noise("signal [dpm]", 400, 10)(data.kinetics()), {}, {"kon": {NOT}, "koff": {NOT}, "Kd": {NOT}}),
    ("good kinetics", "kinetics", data.kinetics, {}, {"kon": {OK}, "koff": {OK}, "Kd": {OK}}),
    ("one concentration, association only", "kinetics", lambda: keep(lambda r: r["phase"] == "association" and r["ligand [nM]"] == 3)(data.kinetics()), {}, {"kon": {NOT}, "koff": {NOT}, "kobs": {OK}}),
    ("the first half minute of association only", "kinetics", lambda: _early(), {}, {"kon": {NOT, SIDED}, "koff": {NOT, SIDED}, "Kd": {NOT, SIDED}, "Bmax": {NOT, SIDED}}),
    ("dissociation only", "kinetics", lambda: keep(lambda r: r["phase"] == "dissociation")(data.kinetics()), {}, {"koff": {OK}}),
    ("flat time course", "timecourse", lambda: noise("signal [dpm]", 100, 10)(data.timecourse()), {}, {"initial rate": {NOT}, "KA": {NOT}}),
    ("no desensitisation", "timecourse", lambda: data.timecourse(kdes=0.0, sd=40), {}, {"desensitisation": {NOT}, "KA": {OK}}),
    ("good time course", "timecourse", data.timecourse, {}, {"initial rate": {OK}, "KA": {OK}, "desensitisation": {OK}}),
    ("one dose over time", "timecourse", lambda: keep(lambda r: r["agonist [nM]"] == 10)(data.timecourse()), {}, {"initial rate": {NOT}, "KA": {NOT}}),
    ("without lithium, but nothing is lost", "timecourse", data.timecourse, {"lithium": False}, {"initial rate": {OK}, "loss": {NOT}}),
    ("without lithium, two times", "timecourse", lambda: keep(lambda r: r["time [min]"] in (5, 20))(data.timecourse()), {"lithium": False}, {"initial rate": {NOT}, "loss": {NOT}}),
    ("one time", "timecourse", lambda: keep(lambda r: r["time [min]"] == 20)(data.timecourse()), {}, {"initial rate": {NOT}, "desensitisation": {NOT}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "assay", "make", "study", "expected"),
    VERDICTS,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_degenerate_data_get_the_right_verdict(what, assay, make, study, expected):
    result: AssayResult = analyse(assay, make(), {**BASES[assay][1], **study})
    for name, verdicts in expected.items():
        entry = result.estimate(name)
        assert entry.verdict in verdicts, (name, entry)
        if entry.verdict is not OK:
            assert entry.reason


def test_the_table_is_as_long_as_it_says():
    assert len(ERRORS) + len(VERDICTS) >= 90
