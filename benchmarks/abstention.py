"""Does the store abstain where it must, and only there?

    python -m benchmarks.abstention ABSTAIN.yaml [--answerable QUESTIONS.yaml ...] [--out FILE]

Unanswerable questions pass when the answer abstains; one with a false premise also passes when it
cites one of its `counter_facts`. Answerable questions are the other class. The figure is the F1 of
abstention, with the false refusals beside it; `--sweep` prints the trade over the threshold.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks.answers import cited
from benchmarks.results import save
from hepatica.ask import abstain
from hepatica.ask.answer import Answer
from hepatica.ask.engine import Engine, sync
from hepatica.evidence.store.store import Store


def right(answer: Answer, question: dict[str, Any]) -> bool:
    """Whether an unanswerable question was treated as it must be."""
    return answer.abstained or bool(cited(answer) & set(question.get("counter_facts") or []))


def measure(
    engine: Engine,
    unanswerable: list[dict[str, Any]],
    answerable: list[dict[str, Any]],
    *,
    show: bool,
) -> dict[str, Any]:
    caught = 0
    by_kind: dict[str, list[int]] = {}
    for question in unanswerable:
        good = right(engine.ask(question["question"]), question)
        caught += good
        by_kind.setdefault(question["kind"], []).append(good)
        if show and not good:
            print(f"answered, should not: {question['id']}: {question['question']}")
    refused = 0
    for question in answerable:
        subject: tuple[str, ...] = ()
        if question.get("previous"):
            subject = engine.ask(question["previous"]).subject
        answer = engine.ask(question["question"], subject=subject)
        refused += answer.abstained
        if show and answer.abstained:
            print(f"refused, should not: {question['id']}: {question['question']}")
    precision = caught / (caught + refused) if caught + refused else 1.0
    recall = caught / len(unanswerable)
    figures: dict[str, Any] = {
        f"right on {kind} ({len(goods)})": sum(goods) / len(goods)
        for kind, goods in by_kind.items()
    }
    return {
        **figures,
        "false refusals": refused / len(answerable) if answerable else 0.0,
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--answerable", nargs="+", type=Path, default=None)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    others = options.answerable or sorted(options.questions.parent.glob("questions*.yaml"))
    unanswerable = yaml.safe_load(options.questions.read_text())
    answerable = [q for path in others for q in yaml.safe_load(path.read_text())]
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        sync(store)
        engine = Engine(store)
        if options.sweep:
            for floor in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0):
                abstain.THRESHOLD = floor
                at = measure(engine, unanswerable, answerable, show=False)
                print(f"{floor:+.1f}: F1 {at['F1']:.3f}, refusals {at['false refusals']:.3f}")
            return
        figures = measure(engine, unanswerable, answerable, show=options.show)
    for name, value in figures.items():
        print(f"{name:30} {value:.3f}")
    save(options.out, figures)
    print(f"abstention F1: {figures['F1']:.3f} at {figures['false refusals']:.1%} false refusals")


if __name__ == "__main__":
    main()
