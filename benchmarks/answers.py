"""Do answers hold the facts that they must hold?

    python -m benchmarks.answers QUESTIONS.yaml... [--out FILE] [--show]

A question passes when every `must_contain` claim (or one accepted instead) is cited, every
`must_mention` line is in the text, every `must_declare_unverified` id is among the gaps, and no
`must_not` sentence is in the text. A `must_mention` line is one or more alternatives divided by
" | "; a line without a bar and of several words is a description: it counts as mentioned when four
in five of its content words stand in the answer. The strict column counts literal matches only.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks.results import save
from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine, sync
from hepatica.evidence.store.analysis import query_terms
from hepatica.evidence.store.store import Store
from hepatica.render.text import render

_DASHES = re.compile(r"[‐‑‒–—−-]")
_DESCRIBED = 0.8


def flat(text: str) -> str:
    """Lower case, one kind of dash and space."""
    return " ".join(_DASHES.sub("-", text.lower()).split())


def holds(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text` (both flat), numbers as whole numbers."""
    pattern = re.escape(wanted).replace(r"\ ", r"[\s-]*").replace(r"\-", r"[\s-]*(?:to )?")
    before = r"(?<![\d.])" if wanted[:1].isdigit() else ""
    after = r"(?!\d)" if wanted[-1:].isdigit() else ""
    return re.search(before + pattern + after, text) is not None


def mentioned(text: str, line: str, *, strict: bool) -> bool:
    options = [flat(option) for option in line.split(" | ")]
    if any(holds(text, option) for option in options):
        return True
    if strict or len(options) > 1 or len(line.split()) < 3:
        return False
    wanted, held = set(query_terms(line)), set(query_terms(text))
    return len(wanted & held) >= _DESCRIBED * len(wanted)


def cited(answer: Answer) -> set[str]:
    claims = {claim for statement in answer.statements() for claim in statement.claims}
    return claims | {row.claim for table in answer.disagreements for row in table.rows}


def check(answer: Answer, question: dict[str, Any], gaps: set[str]) -> dict[str, list[str]]:
    """What is missing from the answer, by kind."""
    text, ids = flat(render(answer, width=10_000)), cited(answer)
    instead = question.get("accepted_instead") or {}
    lines = question.get("must_mention") or []
    return {
        "contain": [
            claim
            for claim in question["must_contain"]
            if not ids & {claim, *instead.get(claim, [])}
            and not (claim in (question.get("must_declare_unverified") or []) and claim in gaps)
        ],
        "mention": [line for line in lines if not mentioned(text, line, strict=False)],
        "literal": [line for line in lines if not mentioned(text, line, strict=True)],
        "declare": [g for g in question.get("must_declare_unverified") or [] if g not in gaps],
        "forbidden": [s for s in question.get("must_not") or [] if holds(text, flat(s))],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", action="store_true", help="print the failing questions")
    options = parser.parse_args()
    totals = dict.fromkeys(("contain", "mention", "literal", "declare"), 0)
    missed = dict.fromkeys(totals, 0)
    passed = asked = forbidden = shown = 0
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        sync(store)
        engine = Engine(store)
        for question in (q for path in options.questions for q in yaml.safe_load(path.read_text())):
            answer = _ask(engine, question)
            looked_for = {gap.looked_for for gap in answer.not_found}
            records = engine.prepared.knowledge.gaps.values()
            gaps = {gap.id for gap in records if gap.looked_for in looked_for}
            missing = check(answer, question, gaps)
            totals["contain"] += len(question["must_contain"])
            totals["mention"] += len(question.get("must_mention") or [])
            totals["literal"] += len(question.get("must_mention") or [])
            totals["declare"] += len(question.get("must_declare_unverified") or [])
            for kind in totals:
                missed[kind] += len(missing[kind])
            forbidden += len(missing["forbidden"])
            shown += len(answer.statements())
            asked += 1
            failed = [k for k in ("contain", "mention", "declare", "forbidden") if missing[k]]
            passed += not failed
            if options.show and failed:
                print(f"{question['id']}: {question['question']}{' ABSTAINED' * answer.abstained}")
                for kind in failed:
                    print(f"    {kind}: {missing[kind]}")
    figures = {
        "questions": asked,
        "questions passed": passed / asked,
        "statements per answer": shown / asked,
        "must_not statements found literally": forbidden,
        "must_contain": _share(totals, missed, "contain"),
        "must_mention": _share(totals, missed, "mention"),
        "must_mention, literally": _share(totals, missed, "literal"),
        "must_declare_unverified": _share(totals, missed, "declare"),
    }
    facts = sum(totals[k] - missed[k] for k in ("contain", "mention")) / sum(
        totals[k] for k in ("contain", "mention")
    )
    for name, value in figures.items():
        print(f"{name:40} {value:.3f}" if isinstance(value, float) else f"{name:40} {value}")
    save(options.out, {**figures, "facts present": facts})
    print(f"facts present: {facts:.3f}")


def _ask(engine: Engine, question: dict[str, Any]) -> Answer:
    subject: tuple[str, ...] = ()
    if question.get("previous"):
        subject = engine.ask(question["previous"]).subject
    return engine.ask(question["question"], reader=Reader(question["audience"]), subject=subject)


def _share(totals: dict[str, int], missed: dict[str, int], kind: str) -> float:
    return 1 - missed[kind] / totals[kind] if totals[kind] else 1.0


if __name__ == "__main__":
    main()
