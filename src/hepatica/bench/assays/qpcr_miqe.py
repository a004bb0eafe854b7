"""The MIQE checklist: what a qPCR study states, what the data show, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hepatica.bench.assays.qpcr_miqe_items import ITEMS, Item

__all__ = ["ITEMS", "Item", "Row", "as_csv", "as_markdown", "checklist"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One item and what is known of it: stated by the study, shown by the data, or missing."""

    item: Item
    state: Literal["stated", "from the data", "missing"]
    value: str = ""


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
        f"{gone} of {essential} essential items are missing. The {len(rows)} items are those of "
        "MIQE (Bustin et al. 2009, doi 10.1373/clinchem.2008.112797) in our own words; MIQE "
        "2.0 of 2025 was not at hand. State an item that does not apply as such.",
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
