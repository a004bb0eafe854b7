"""Does every quote stand at its offsets, and every number in what it cites?

    python -m benchmarks.integrity QUESTIONS.yaml... [--collection DIR] [--generated N] [--out FILE]

Three sets of questions: those of the files, for every reader; N generated from the vocabulary with
a fixed seed; and, when a collection is given, its queries over its text beside the curated
knowledge. Each answer is saved as JSON and checked from that file against the store, as
`hepatica verify` does it, by none of the code that composed it. The last line is the share of
statements that hold.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.judged import documents, queries
from benchmarks.results import save
from hepatica.ask.answer import Reader
from hepatica.ask.engine import Engine, sync
from hepatica.ask.recheck import load, recheck
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.store.store import Store
from hepatica.render.saved import dump

SEED = 20261122
FORMS = (
    "What is {a}?",
    "{a} dose",
    "How is {a} treated when there is {b}?",
    "{a} versus {b}",
    "Does {a} improve survival in {b}?",
    "side effects of {a}",
    "When should {a} be stopped in {b}?",
    "Which patients respond to {a}, and what predicts it? {b}",
    "my mother has {a} and takes {b}, is that safe",
    "evidence for {a} in {b} since 2015 with 95% CI",
)


def generated(knowledge: Knowledge, count: int) -> Iterator[str]:
    """`count` questions from forms and the words of the vocabulary."""
    chance = random.Random(SEED)
    words = sorted(word for concept in knowledge.concepts.values() for word in concept.words)
    for _ in range(count):
        yield chance.choice(FORMS).format(a=chance.choice(words), b=chance.choice(words))


def check(engine: Engine, asked: Iterable[tuple[str, Reader]]) -> dict[str, Any]:
    """Answers, and what a second look at each of them found."""
    figures = dict.fromkeys(
        ("questions", "answered", "statements", "citations", "numbers", "faults", "dropped"), 0
    )
    for text, reader in asked:
        answer = engine.ask(text, reader=reader)
        report = recheck(load(dump(answer).encode()), engine.store)
        figures["questions"] += 1
        figures["answered"] += not answer.abstained
        figures["statements"] += report.statements
        figures["citations"] += report.citations
        figures["numbers"] += report.numbers_checked
        figures["faults"] += len(report.faults)
        figures["dropped"] += answer.dropped
        for fault in report.faults:
            print(f"FAULT {text!r}: {fault.reason}: {fault.statement}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*", type=Path)
    parser.add_argument("--collection", type=Path)
    parser.add_argument("--generated", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    sets: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        sync(store)
        engine = Engine(store)
        texts = [
            q["question"] for path in options.questions for q in yaml.safe_load(path.read_text())
        ]
        sets["question files, every reader"] = check(
            engine, ((text, reader) for text in texts for reader in Reader)
        )
        made = list(generated(engine.prepared.knowledge, options.generated))
        readers = list(Reader)
        sets["generated"] = check(
            engine, ((text, readers[at % len(readers)]) for at, text in enumerate(made))
        )
        if options.collection:
            store.ingest(documents(options.collection)[0], origin="benchmark")
            asked = queries(options.collection)
            sets[options.collection.name] = check(
                engine, ((text, Reader.CLINICIAN) for _, text in asked)
            )
    for name, figures in sets.items():
        print(f"{name}: " + ", ".join(f"{value} {key}" for key, value in figures.items()))
    total = sum(figures["statements"] for figures in sets.values())
    faults = sum(figures["faults"] for figures in sets.values())
    share = 1 - faults / total if total else 0.0
    save(options.out, {"sets": sets, "statements that hold": share})
    print(f"statements that hold: {share:.4%} of {total}")


if __name__ == "__main__":
    main()
