"""`hepatica review`: who has reviewed which topic."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hepatica.errors import InputError

STATUSES = ("submitted", "under_review", "approved")


@click.command
@click.argument("topic", required=False)
@click.option("--status", type=click.Choice(STATUSES), help="Record this decision.")
@click.option("--reviewer", help="Name and role of who decides; needed with --status.")
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def command(
    topic: str | None, status: str | None, reviewer: str | None, folder: Path | None
) -> None:
    """List the review status of all topics, show one TOPIC, or record a decision on it.

    A decision is bound to a hash of the topic and its claims, and lapses when they change.
    """
    from hepatica.ask.context import review_state
    from hepatica.cli.session import open_engine
    from hepatica.evidence.knowledge import topic_hash
    from hepatica.render.phrases import review_line

    if status and not (topic and reviewer and reviewer.strip()):
        raise InputError("a decision needs a TOPIC and --reviewer NAME; see `hepatica review`")
    with open_engine(folder) as engine:
        knowledge = engine.prepared.knowledge
        if topic is not None and topic not in knowledge.topics:
            raise InputError(f"topic {topic!r} is unknown; `hepatica review` lists all topics")
        if topic and status and reviewer:
            record = knowledge.topics[topic]
            engine.store.add_review(
                topic,
                status,
                reviewer.strip(),
                date.today().isoformat(),
                topic_hash(record, knowledge.claims),
            )
        for name in [topic] if topic else sorted(knowledge.topics):
            state = review_state([knowledge.topics[name]], engine.prepared, engine.store)
            click.echo(f"{name}: {review_line(state)}")
