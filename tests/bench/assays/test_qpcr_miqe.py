"""The MIQE checklist: 85 items, what a study states, what the wells show."""

from __future__ import annotations

import pytest

from hepatica.bench.assays.qpcr_miqe import as_csv, as_markdown, checklist
from hepatica.bench.assays.qpcr_miqe_items import ITEMS
from hepatica.bench.assays.qpcr_shown import shown
from hepatica.bench.assays.qpcr_study import Study
from hepatica.bench.assays.qpcr_wells import Well


def test_the_list_is_as_long_as_the_published_one() -> None:
    """85 items (Bustin 2009), 57 of them essential on the RDML Consortium's page."""
    assert len(ITEMS) == 85
    assert len({item.key for item in ITEMS}) == 85
    assert sum(item.importance == "essential" for item in ITEMS) == 57
    sections = list(dict.fromkeys(item.section for item in ITEMS))
    assert sections[0] == "Experimental design"
    assert sections[-1] == "Data analysis"
    assert len(sections) == 9


def wells() -> list[Well]:
    found = [
        Well(sample=f"{group}{n}", group=group, gene=gene, cq=20.0 + 0.1 * copy)
        for group in ("a", "b") for n in range(3) for gene in ("T", "R") for copy in range(2)
    ]  # fmt: skip
    found += [Well(sample="", gene="T", cq=None, role="ntc")]
    found += [
        Well(sample="pool", gene=gene, cq=30.0 - 3.3 * step + 0.01 * (step % 2), role="standard",
             quantity=10.0**step)
        for gene in ("T", "R") for step in range(5)
    ]  # fmt: skip
    return found


def test_what_the_wells_show() -> None:
    found = shown(wells(), Study(references=("R",)))
    assert found["n_per_group"] == "a 3, b 3"
    assert found["ntc"] == "1 well, 1 without a Cq"
    assert found["technical_replicates"] == "2 wells of each gene in each sample"
    assert found["repeatability"] == "SD of technical replicates up to 0.07 cycles"
    assert found["normalisation"] == "relative to R"
    assert found["standard_curve"].startswith("R slope -3.3")
    assert found["linear_range"].startswith("R 1 to 10000")
    assert set(found) <= {item.key for item in ITEMS}


def test_nothing_is_shown_that_was_not_measured() -> None:
    bare = [well for well in wells() if well.role == "sample"]
    single = [well for number, well in enumerate(bare) if number % 2 == 0]
    found = shown(single, Study())
    for key in ("ntc", "efficiency", "linear_range", "repeatability", "technical_replicates",
                "normalisation"):  # fmt: skip
        assert key not in found


def test_the_study_stands_before_the_data() -> None:
    rows = checklist({"ntc": "see the supplement"}, {"ntc": "2 wells, 2 without a Cq"})
    (row,) = [row for row in rows if row.item.key == "ntc"]
    assert (row.state, row.value) == ("stated", "see the supplement")
    with pytest.raises(ValueError, match="no MIQE item 'moon'"):
        checklist({"moon": "full"}, {})


def test_exports_hold_every_item() -> None:
    rows = checklist({"probe": "a|b"}, {})
    assert as_markdown(rows).count("\n|") == 87
    assert r"a\|b" in as_markdown(rows)
    assert len(as_csv(rows).splitlines()) == 86
