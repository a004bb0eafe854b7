"""How long does an answer take?

    python -m benchmarks.latency QUESTIONS.yaml... [--collection DIR --passages N] [--out FILE]

Warm process, built-in store: every question of the files, three times over. With a collection, its
text multiplied with varied words to N passages, and its queries answered over it. Then the whole
command for one question, a new process each time. Milliseconds, p50 and p95.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.judged import entries, queries
from benchmarks.results import percentile, save
from hepatica.ask.engine import Engine, sync
from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store.store import Store

SEED = 20261122
COLD_RUNS = 20
QUESTION = "What are the treatment options for hepatorenal syndrome?"
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ly", "mer", "nox", "pra", "quin", "ros", "tiv", "zal")


def multiplied(texts: list[str], count: int) -> Iterator[Document]:
    """`count` one-passage documents: sentences of `texts` recombined, words here and there
    replaced by invented ones with a long tail, as names are."""
    chance = random.Random(SEED)
    for number in range(count):
        words = chance.choice(texts).split()[:60] + chance.choice(texts).split()[:20]
        for _ in range(max(1, len(words) // 12)):
            tail = int(chance.paretovariate(0.6)) % 200_000
            name = "".join(_SYLLABLES[(tail // 13**at) % 13] for at in range(4))
            words[chance.randrange(len(words))] = name
        text = " ".join(words)
        source = Source(id=f"made:{number}", title=f"Made {number}", text=text, design=Design.RCT)
        yield Document(source=source, passages=(Passage(section=(), start=0, end=len(text)),))


def warm(engine: Engine, texts: Iterable[str]) -> dict[str, float]:
    """Milliseconds an answer takes in a running process."""
    times = []
    for text in texts:
        start = time.perf_counter()
        engine.ask(text)
        times.append(1000 * (time.perf_counter() - start))
    return {
        "answers": len(times),
        "p50 ms": percentile(times, 0.5),
        "p95 ms": percentile(times, 0.95),
    }


def cold(folder: Path) -> dict[str, float]:
    """Milliseconds the whole command takes."""
    command = [str(Path(sys.executable).with_name("hepatica")), "ask", QUESTION]
    environment = {**os.environ, "HEPATICA_STORE": str(folder)}
    times = []
    for _ in range(COLD_RUNS):
        start = time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        times.append(1000 * (time.perf_counter() - start))
    return {"runs": COLD_RUNS, "p50 ms": percentile(times, 0.5), "p95 ms": percentile(times, 0.95)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--collection", type=Path)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument(
        "--asked", type=int, default=500, help="how many of the collection's queries"
    )
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    texts = [q["question"] for path in options.questions for q in yaml.safe_load(path.read_text())]
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store.open(folder) as store:
            sync(store)
            engine = Engine(store)
            warm(engine, texts)
            figures["built-in store, warm"] = warm(engine, texts * 3)
        figures["whole command, cold"] = cold(folder)
        if options.collection:
            corpus = [text for _, text in entries(options.collection)]
            with Store.open(folder) as store:
                start = time.perf_counter()
                store.ingest(multiplied(corpus, options.passages), origin="benchmark", batch=5000)
                figures["passages a second to searchable"] = options.passages / (
                    time.perf_counter() - start
                )
                engine = Engine(store)
                asked = [text for _, text in queries(options.collection)[: options.asked]]
                warm(engine, asked[:50])
                figures[f"{options.passages} passages, warm"] = warm(engine, asked)
    for title, row in figures.items():
        print(f"{title}: {row}")
    save(options.out, figures)
    print(f"p50 {figures['built-in store, warm']['p50 ms']:.1f} ms on the built-in store")


if __name__ == "__main__":
    main()
