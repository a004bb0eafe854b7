"""RDML as instruments write it: raw curves, codes for no Cq, calibrators, keys for names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

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


def test_an_unknown_type_of_sample_is_named() -> None:
    with pytest.raises(InputError, match="'moon'"):
        read_rdml(Path("r.rdml"), rdml(sample("A", "moon"), ("A", "<cq>20</cq>")))
