"""How many are left after each item of a criterion, as text, Markdown and SVG."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import msgspec

from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.run import Cohort
from hepatica.clinic.criterion import criterion
from hepatica.clinic.inputs.table import parquet


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One item: how many of those before it do not meet it, cannot be told, and are left."""

    about: str
    not_met: int
    unknown: int
    left: int


class Attrition(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion's items in order over the rows of a cohort."""

    id: str
    name: str
    rows: int
    steps: tuple[Step, ...]


def attritions(found: Cohort) -> tuple[Attrition, ...]:
    """One for each criterion of the cohort that is met exactly where all of its items are."""
    import duckdb

    names = drawn(found.plan)
    if not names:
        return ()
    connection = duckdb.connect(config={"temp_directory": ""})  # nothing beside the result
    table = parquet(found.path)
    return tuple(_attrition(connection, table, name) for name in names)


def drawn(plan: Plan) -> tuple[str, ...]:
    """The criteria of a plan that have an attrition: met exactly where all of their items are, all
    of which are asked for."""
    if plan.per == "time":
        return ()
    names = (name for name in plan.shown if not name.startswith("score_") and name != "wide")
    there = {(column.table, column.source) for column in plan.columns}
    found = ((name, _items(name)) for name in names)
    return tuple(
        name for name, items in found if items and {(name, item) for item in items} <= there
    )


def _items(name: str) -> list[str]:
    """The items of a criterion in order; empty where it is put otherwise than as all of them."""
    item = criterion(name)
    whole = [key for key, column in item.columns.items() if column.kind == "result"]
    items = [key for key, column in item.columns.items() if column.kind == "item"]
    if len(whole) != 1 or len(items) < 2 or set(items) != _conjuncts(item.sql, whole[0]):
        return []
    return items


def _attrition(connection: Any, table: str, name: str) -> Attrition:
    item, items = criterion(name), _items(name)
    cells = [f'"{name}_{key}"' for key in items]
    query = ["count(*)"]
    before = "TRUE"
    for cell in cells:
        query.append(f"count(*) FILTER (WHERE {before} AND {cell} IS FALSE)")
        query.append(f"count(*) FILTER (WHERE {before} AND {cell} IS NULL)")
        before += f" AND {cell}"
    rows, *counts = connection.execute(f"SELECT {', '.join(query)} FROM {table}").fetchall()[0]
    steps, left = [], rows
    for place, key in enumerate(items):
        not_met, unknown = counts[2 * place], counts[2 * place + 1]
        left -= not_met + unknown
        about = item.columns[key].about
        steps.append(Step(about=about, not_met=not_met, unknown=unknown, left=left))
    return Attrition(id=name, name=item.name, rows=rows, steps=tuple(steps))


def _conjuncts(query: str, column: str) -> set[str]:
    """The columns of which all must be true for `column`; empty where it is put otherwise."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(re.sub(r"\{\{.*?\}\}|\$\w+", "0", query), dialect="duckdb")
    for alias in tree.expressions:
        if alias.alias_or_name == column and isinstance(alias.this, exp.And):
            parts = list(alias.this.flatten())
            if all(isinstance(part, exp.Column) for part in parts):
                return {part.name for part in parts}
    return set()


def text(found: Attrition) -> str:
    """The attrition for a terminal."""
    lines = [f"{found.name}: {found.rows:,} rows"]
    asked = reached(found)
    for step in asked:
        lines.append(
            f"  {step.left:>10,} left  {step.about} (not met {step.not_met:,}, "
            f"unknown {step.unknown:,})"
        )
    rest = found.steps[len(asked) :]
    if rest:
        lines.append(f"  none left to ask for: {'; '.join(step.about for step in rest)}")
    return "\n".join(lines) + "\n"


def reached(found: Attrition) -> tuple[Step, ...]:
    """The items up to the one that leaves none: after it none is asked."""
    for place, step in enumerate(found.steps):
        if not step.left:
            return found.steps[: place + 1]
    return found.steps


def markdown(found: Attrition) -> str:
    """The attrition as a table."""
    lines = [
        f"## {found.name}",
        "",
        "| item | not met | unknown | left |",
        "|---|---:|---:|---:|",
        f"| all rows | | | {found.rows:,} |",
    ]
    lines += [
        f"| {step.about} | {step.not_met:,} | {step.unknown:,} | {step.left:,} |"
        for step in reached(found)
    ]
    rest = found.steps[len(reached(found)) :]
    lines += [f"| {step.about} | none left to ask | | |" for step in rest]
    return "\n".join(lines) + "\n"


def svg(found: tuple[Attrition, ...]) -> str:
    """All attritions below each other as one drawing, each box as wide as what is left of it."""
    parts, y = [], 10
    for item in found:
        parts.append(_words(20, y + 18, item.name, weight="bold"))
        y += 30
        y = _box(parts, y, item.rows, item.rows, "all rows", "")
        for step in item.steps:
            lost = f"not met {step.not_met:,}, unknown {step.unknown:,}"
            if not (step.left or step.not_met or step.unknown):
                lost = "none left to ask"
            y = _box(parts, y, step.left, item.rows, step.about, lost)
        y += 20
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {y}" width="900" height="{y}" '
        f'font-family="sans-serif" font-size="13" role="img">\n<title>Attrition</title>\n'
        f'<rect width="900" height="{y}" fill="white"/>\n{body}\n</svg>\n'
    )


def _box(parts: list[str], y: int, left: int, rows: int, about: str, lost: str) -> int:
    width = 0 if rows == 0 else round(260 * left / rows)
    parts.append(
        f'<rect x="20" y="{y}" width="260" height="26" fill="#eef2f6" stroke="#7a8896"/>'
        f'<rect x="20" y="{y}" width="{width}" height="26" fill="#9db8d2"/>'
    )
    parts.append(_words(28, y + 18, f"{left:,}"))
    shown = about if len(about) <= 70 else about[:69] + "…"
    parts.append(_words(295, y + 12, shown, size=12))
    if lost:
        parts.append(_words(295, y + 25, lost, size=11, fill="#8a3b12"))
    return y + 36


def _words(
    x: int, y: int, words: str, *, size: int = 13, fill: str = "#1d2733", weight: str = "normal"
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )
