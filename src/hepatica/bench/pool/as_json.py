"""Results as JSON: figures on the scale of analysis, and the main ones on the natural scale."""

from __future__ import annotations

import msgspec

from hepatica.bench.pool.network.analysis import Network
from hepatica.bench.pool.numbers import natural
from hepatica.bench.pool.pairwise import Comparison
from hepatica.bench.pool.single import Share

__all__ = ["as_json"]


def as_json(found: Comparison | Share | Network) -> str:
    """One object; `scale` names the scale of analysis, `natural` holds the figures as read.

    What is not finite is null.
    """
    data = msgspec.to_builtins(found)
    if isinstance(found, Share):
        data = {"kind": "proportion", "scale": found.scale.value, **data}
    else:
        scale = ("log " if found.measure.is_ratio else "") + found.measure.words
        kind = "network" if isinstance(found, Network) else "comparison"
        data = {"kind": kind, "scale": scale, "natural": _natural(found), **data}
    encoded = msgspec.json.format(msgspec.json.encode(data), indent=2)
    return encoded.decode() + "\n"


def _natural(found: Comparison | Network) -> object:
    measure = found.measure
    if isinstance(found, Comparison):
        main, ahead = found.estimate.interval, found.estimate.prediction
        return {
            "value": natural(measure, found.estimate.value),
            "low": natural(measure, main.low),
            "high": natural(measure, main.high),
            "prediction": None if ahead is None else [natural(measure, x) for x in ahead],
        }
    return [
        {
            "first": pair.first,
            "second": pair.second,
            "value": natural(measure, pair.effect),
            "low": natural(measure, pair.low),
            "high": natural(measure, pair.high),
        }
        for pair in found.pairs
    ]
