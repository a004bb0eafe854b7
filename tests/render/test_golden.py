"""What a reader sees, byte for byte. `UPDATE_GOLDEN=1 pytest tests/render` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine
from hepatica.render import html, markdown, saved, text
from hepatica.render.citations import STYLES, cite
from hepatica.render.explain import explainer

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden"
QUESTION = "What are the treatment options for hepatorenal syndrome?"


def same(name: str, rendered: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rendered.encode())
    assert rendered.encode() == path.read_bytes()


@pytest.fixture
def answer(small: Engine) -> Answer:
    return small.ask(QUESTION)


@pytest.mark.parametrize("reader", list(Reader))
def test_text(small: Engine, reader: Reader) -> None:
    same(f"{reader}.txt", text.render(small.ask(QUESTION, reader=reader)))


def test_markdown(answer: Answer) -> None:
    same("answer.md", markdown.render(answer))


def test_html(answer: Answer) -> None:
    same("answer.html", html.render(answer))


def test_json(answer: Answer) -> None:
    same("answer.json", saved.dump(answer))


def test_explained(answer: Answer, small: Engine) -> None:
    same("explained.txt", text.render(answer, explain=explainer(small.store)))


def test_abstention(small: Engine) -> None:
    same("abstention.txt", text.render(small.ask("Dose of renoterlin in hepatorenal syndrome")))


@pytest.mark.parametrize("style", STYLES)
def test_citations(answer: Answer, style: str) -> None:
    same(f"references.{style}", cite(answer.references, style))
