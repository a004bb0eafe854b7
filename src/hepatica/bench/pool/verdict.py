"""What an interval allows to be said, and no more."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Verdict", "sentence", "verdict"]


class Verdict(StrEnum):
    """What the intervals say about a difference."""

    MORE = "more"
    FEWER = "fewer"
    UNSETTLED = "unsettled"
    NONE_SHOWN = "none-shown"


def verdict(
    usual: tuple[float, float], cautious: tuple[float, float] | None, none: float
) -> Verdict:
    """A difference only where both the usual interval and the cautious one leave `none` out.

    `cautious` allows for few studies (Student's t); None where it cannot be had. `none` is the
    value of no difference, 1 for a ratio.
    """
    first = _side(usual, none)
    second = first if cautious is None else _side(cautious, none)
    if first == second != 0:
        return Verdict.MORE if first > 0 else Verdict.FEWER
    return Verdict.UNSETTLED if first or second else Verdict.NONE_SHOWN


def sentence(found: Verdict, treatment: str, control: str, shown: str, *, cautious: str) -> str:
    """`found` in words; `shown` is the estimate with its interval, `cautious` names the other."""
    text = _sentence(found, treatment, control, shown, cautious)
    return text[0].upper() + text[1:]


def _sentence(found: Verdict, treatment: str, control: str, shown: str, cautious: str) -> str:
    match found:
        case Verdict.MORE:
            return f"More events with {treatment} than with {control}: {shown}."
        case Verdict.FEWER:
            return f"Fewer events with {treatment} than with {control}: {shown}."
        case Verdict.UNSETTLED:
            return (
                f"{treatment} against {control} is not settled: {shown}; the usual interval and "
                f"{cautious} disagree on whether no difference is possible."
            )
        case Verdict.NONE_SHOWN:
            return (
                f"No difference shown between {treatment} and {control}: {shown}. The interval "
                "allows for no difference; it does not show that they are equal."
            )


def _side(interval: tuple[float, float], none: float) -> int:
    low, high = interval
    return 1 if low > none else -1 if high < none else 0
