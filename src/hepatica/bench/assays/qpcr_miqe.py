"""The MIQE checklist: what a qPCR study states, what the data show, what is missing.

Items in our own words after Bustin et al. 2009 (Clin Chem 55:611-622), as far as public pages show
them: soihub.org (qPCR quality control excerpt), PMC7970737 table 3, and the sample and extraction
rows that the dMIQE checklist shares. The full checklist of MIQE and of MIQE 2.0 was not at hand,
so this list is a subset and its ticks are no certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["ITEMS", "Item", "Row", "as_csv", "as_markdown", "checklist"]

Importance = Literal["essential", "desirable"]


@dataclass(frozen=True, kw_only=True)
class Item:
    key: str
    section: str
    text: str
    importance: Importance = "essential"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One item and what is known of it: stated by the study, shown by the data, or missing."""

    item: Item
    state: Literal["stated", "from the data", "missing"]
    value: str = ""


ITEMS = (
    Item(key="groups", section="Design", text="Experimental and control groups defined"),
    Item(key="n_per_group", section="Design", text="Biological samples in each group"),
    Item(key="power", section="Design", text="Power analysis", importance="desirable"),
    Item(key="sample_source", section="Sample", text="Source and description of the samples"),
    Item(key="sample_amount", section="Sample", text="Volume or mass of sample processed"),
    Item(key="sample_processing", section="Sample", text="How and how fast samples were preserved"),
    Item(key="sample_storage", section="Sample", text="Storage conditions and duration"),
    Item(key="extraction", section="Extraction", text="Extraction method, kit and changes to it"),
    Item(key="dnase", section="Extraction", text="DNase treatment and check for contamination"),
    Item(key="rna_quantity", section="Extraction", text="RNA quantification: instrument, method"),
    Item(key="rna_purity", section="Extraction", text="Purity (A260/A280)"),
    Item(key="rna_integrity", section="Extraction", text="Integrity (RIN, RQI or 3':5' assay)"),
    Item(key="reverse_transcription", section="Reverse transcription",
         text="Enzyme, RNA amount, volume, priming, temperature and time"),
    Item(key="no_rt_control", section="Reverse transcription", text="Controls without enzyme"),
    Item(key="target_accession", section="Target", text="Gene symbol and sequence accession"),
    Item(key="amplicon", section="Target", text="Amplicon length (or context sequence)"),
    Item(key="oligonucleotides", section="Target", text="Primer (and probe) sequences or assay id"),
    Item(key="specificity", section="Target", text="Specificity (melting curve, gel or sequence)"),
    Item(key="reaction", section="Protocol", text="Reaction: volume, cDNA, enzyme, buffer, kit"),
    Item(key="thermocycling", section="Protocol", text="Thermocycling parameters and instrument"),
    Item(key="cq_method", section="Analysis", text="How Cq was determined (software, threshold)"),
    Item(key="ntc", section="Analysis", text="Controls without template and their result"),
    Item(key="efficiency", section="Analysis", text="Efficiency of every assay from its slope"),
    Item(key="efficiency_interval", section="Analysis", text="Interval of the efficiency",
         importance="desirable"),
    Item(key="technical_replicates", section="Analysis", text="Technical replicates, their spread"),
    Item(key="outliers", section="Analysis", text="How outlying wells were found and treated"),
    Item(key="reference_genes", section="Analysis",
         text="Number and choice of reference genes justified"),
    Item(key="statistics", section="Analysis", text="Statistical methods and software"),
    Item(key="raw_data", section="Analysis", text="Raw data available (RDML)",
         importance="desirable"),
)  # fmt: skip


def checklist(stated: Mapping[str, str], shown: Mapping[str, str]) -> tuple[Row, ...]:
    """Every item with what the study states of it, else what the data show, else missing.

    ValueError for a stated key that is no item.
    """
    keys = {item.key for item in ITEMS}
    unknown = sorted(set(stated) - keys)
    if unknown:
        raise ValueError(f"no MIQE item {unknown[0]!r}; there are: {', '.join(sorted(keys))}")
    rows = []
    for item in ITEMS:
        if stated.get(item.key, "").strip():
            rows.append(Row(item=item, state="stated", value=stated[item.key].strip()))
        elif item.key in shown:
            rows.append(Row(item=item, state="from the data", value=shown[item.key]))
        else:
            rows.append(Row(item=item, state="missing"))
    return tuple(rows)


def as_markdown(rows: tuple[Row, ...]) -> str:
    """The checklist as Markdown, missing essential items counted first."""
    gone = sum(row.state == "missing" and row.item.importance == "essential" for row in rows)
    essential = sum(row.item.importance == "essential" for row in rows)
    lines = [
        "# MIQE checklist",
        "",
        f"{gone} of {essential} essential items are missing. The items are a subset of MIQE "
        "(Bustin et al. 2009) in our own words; the full checklist was not at hand.",
        "",
        "| section | item | importance | state | what is stated |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        value = row.value.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
        lines.append(
            f"| {row.item.section} | {row.item.text} | {row.item.importance} | {row.state} | "
            f"{value} |"
        )
    return "\n".join(lines) + "\n"


def as_csv(rows: tuple[Row, ...]) -> str:
    """The checklist as CSV with the columns section, item, importance, state, stated."""
    import csv
    import io

    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(["section", "key", "item", "importance", "state", "stated"])
    for row in rows:
        item = row.item
        writer.writerow([item.section, item.key, item.text, item.importance, row.state, row.value])
    return held.getvalue()
