"""RDML as instruments write it: raw curves, codes for no Cq, calibrators, keys for names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hepatica.bench import analyse
from hepatica.bench.assays.qpcr_amplification import AMPLIFICATION
from hepatica.bench.assays.qpcr_rdml import read_rdml
from hepatica.errors import InputError

CYCLES = np.arange(1, 41, dtype=float)
KEY = "4b691c97-a0cc-4948-8e9c-cacad929b502"


def points(middle: float) -> str:
    light = AMPLIFICATION.predict(CYCLES, np.array([0.2, 8.0, middle, 20.0, 0.8]))
    light = light + np.random.default_rng(int(middle)).normal(0, 0.01, len(CYCLES))
    return "".join(
        f"<adp><cyc>{cycle:g}</cyc><fluor>{value:.6f}</fluor></adp>"
        for cycle, value in zip(CYCLES, light, strict=True)
    )


def flat() -> str:
    light = 1 + np.random.default_rng(5).normal(0, 0.01, len(CYCLES))
    return "".join(
        f"<adp><cyc>{cycle:g}</cyc><fluor>{value:.6f}</fluor></adp>"
        for cycle, value in zip(CYCLES, light, strict=True)
    )


def rdml(samples: str, *wells: tuple[str, str]) -> bytes:
    reacts = "".join(
        f'<react id="{number}"><sample id="{name}"/><data><tar id="T"/>{inside}</data></react>'
        for number, (name, inside) in enumerate(wells, 1)
    )
    return (
        f'<rdml xmlns="http://www.rdml.org" version="1.3">{samples}<experiment id="e">'
        f'<run id="r">{reacts}</run></experiment></rdml>'
    ).encode()


def sample(name: str, role: str = "unkn", extra: str = "") -> str:
    return f'<sample id="{name}">{extra}<type>{role}</type></sample>'


def test_a_file_of_raw_curves_gets_its_cq_from_them() -> None:
    data = rdml(sample("A") + sample("B"), ("A", points(20)), ("A", points(25)), ("B", flat()))
    columns, notes = read_rdml(Path("r.rdml"), data)
    first, second, none = columns["cq"]
    assert none == ""
    assert float(second) / float(first) == pytest.approx(25 / 20, rel=0.01)
    assert "second derivative maximum" in notes[0]


def test_a_file_with_cq_keeps_them_and_its_curves_are_left_alone() -> None:
    data = rdml(sample("A"), ("A", f"<cq>19.5</cq>{points(25)}"), ("A", f"<cq>-1.0</cq>{flat()}"))
    columns, notes = read_rdml(Path("r.rdml"), data)
    assert columns["cq"] == ["19.5", ""]
    assert notes == ()


def test_a_cq_beyond_the_last_cycle_is_none() -> None:
    """Roche's LightCycler writes 100 where nothing was amplified."""
    data = rdml(sample("A"), ("A", f"<cq>20.1</cq>{points(20)}"), ("A", f"<cq>100</cq>{flat()}"))
    columns, notes = read_rdml(Path("r.rdml"), data)
    assert columns["cq"] == ["20.1", ""]
    assert notes == ("1 Cq beyond the last cycle that was read, taken as none",)


def test_a_calibrator_is_no_sample() -> None:
    data = rdml(sample("A") + sample("O", "opt"), ("A", "<cq>20</cq>"), ("O", "<cq>9</cq>"))
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["excluded"] == ["", "an optical calibrator, no sample"]


def test_a_key_gives_way_to_the_name_beside_it() -> None:
    extra = "<description>Sample 39</description>"
    data = rdml(sample(KEY, extra=extra) + sample("B", extra=extra), (KEY, "<cq>20</cq>"),
                ("B", "<cq>21</cq>"))  # fmt: skip
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["sample"] == ["Sample 39", "B"]


def test_a_quantity_belongs_to_a_standard() -> None:
    zero = "<quantity><value>0.0</value><unit>cop</unit></quantity>"
    ten = "<quantity><value>10</value><unit>cop</unit></quantity>"
    data = rdml(sample("A", extra=zero) + sample("S", "std", ten), ("A", "<cq>20</cq>"),
                ("S", "<cq>21</cq>"))  # fmt: skip
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["quantity"] == ["", "10"]


def multiplex(sample: str, *targets: tuple[str, str]) -> bytes:
    """One reaction with several targets of a sample, as RDML 1.3 and 1.4 describe it."""
    data = "".join(f'<data><tar id="{gene}"/><cq>{cq}</cq></data>' for gene, cq in targets)
    return (
        f'<rdml xmlns="http://www.rdml.org" version="1.3">{sample}<experiment id="e">'
        f'<run id="r"><react id="1"><sample id="S"/>{data}</react></run></experiment></rdml>'
    ).encode()


AMOUNTS = [
    '<quantity targetId="T"><value>10</value><unit>cop</unit></quantity>',
    '<quantity targetId="R"><value>500</value><unit>cop</unit></quantity>',
    "<quantity><value>7</value><unit>cop</unit></quantity>",
]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_quantity_for_one_target_stands_before_the_one_for_all(order: tuple[int, ...]) -> None:
    inside = "<type>std</type>" + "".join(AMOUNTS[place] for place in order)
    data = multiplex(f'<sample id="S">{inside}</sample>', ("T", "20"), ("R", "15"), ("Z", "18"))
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert dict(zip(columns["gene"], columns["quantity"], strict=True)) == {
        "T": "10", "R": "500", "Z": "7",
    }  # fmt: skip


def test_a_quantity_for_another_target_is_none() -> None:
    inside = "<type>std</type>" + AMOUNTS[0]
    data = multiplex(f'<sample id="S">{inside}</sample>', ("T", "20"), ("R", "15"))
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["quantity"] == ["10", ""]


@pytest.mark.parametrize("inside", [
    '<type>unkn</type><type targetId="R">ntp</type>',
    '<type targetId="R">ntp</type><type>unkn</type>',
    '<type targetId="R">ntp</type>',
])  # fmt: skip
def test_a_type_for_one_target_stands_before_the_one_for_all(inside: str) -> None:
    data = multiplex(f'<sample id="S">{inside}</sample>', ("T", "20"), ("R", "-1"))
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["role"] == ["sample", "ntc"]


def test_a_positive_control_for_one_target_is_no_sample_of_it() -> None:
    inside = '<type>unkn</type><type targetId="R">pos</type>'
    data = multiplex(f'<sample id="S">{inside}</sample>', ("T", "20"), ("R", "18"))
    columns, _ = read_rdml(Path("r.rdml"), data)
    assert columns["role"] == ["sample", "positive"]


def test_standards_with_other_quantities_for_each_target_have_their_own_efficiencies() -> None:
    """Tenfold dilutions of one and fivefold of the other, both at an efficiency of 1."""
    samples = "".join(
        f'<sample id="S{k}"><type>std</type>'
        f'<quantity targetId="T"><value>{10.0**-k}</value><unit>cop</unit></quantity>'
        f'<quantity targetId="R"><value>{5.0**-k}</value><unit>cop</unit></quantity></sample>'
        for k in range(5)
    )
    reacts = "".join(
        f'<react id="{k}"><sample id="S{k}"/>'
        f'<data><tar id="T"/><cq>{20 + k * np.log2(10) + 0.01 * (k % 2)}</cq></data>'
        f'<data><tar id="R"/><cq>{15 + k * np.log2(5) + 0.01 * (k % 2)}</cq></data></react>'
        for k in range(5)
    )
    data = (
        f'<rdml xmlns="http://www.rdml.org" version="1.4">{samples}<experiment id="e">'
        f'<run id="r">{reacts}</run></experiment></rdml>'
    ).encode()
    columns, _ = read_rdml(Path("r.rdml"), data)
    result = analyse("qpcr", columns)
    for gene in ("T", "R"):
        assert result.estimate("efficiency", gene).value == pytest.approx(1, abs=0.01)


def test_an_unknown_type_of_sample_is_named() -> None:
    with pytest.raises(InputError, match="'moon'"):
        read_rdml(Path("r.rdml"), rdml(sample("A", "moon"), ("A", "<cq>20</cq>")))
