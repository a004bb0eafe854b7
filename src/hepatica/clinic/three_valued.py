"""SQL's three-valued operators in Python: None is unknown, and these agree with DuckDB."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def and_(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def or_(a: bool | None, b: bool | None) -> bool | None:
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def not_(a: bool | None) -> bool | None:
    return None if a is None else not a


def _binary(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def known(a: Any, b: Any) -> Any:
        return None if a is None or b is None else apply(a, b)

    return known


def _unary(apply: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def known(a: Any) -> Any:
        return None if a is None else apply(a)

    return known


add = _binary(lambda a, b: a + b)
sub = _binary(lambda a, b: a - b)
mul = _binary(lambda a, b: a * b)
div = _binary(lambda a, b: None if b == 0 else a / b)
power = _binary(lambda a, b: math.inf if a == 0 and b < 0 else float(a) ** float(b))
lt = _binary(lambda a, b: a < b)
le = _binary(lambda a, b: a <= b)
gt = _binary(lambda a, b: a > b)
ge = _binary(lambda a, b: a >= b)
eq = _binary(lambda a, b: a == b)
ne = _binary(lambda a, b: a != b)
neg = _unary(lambda a: -a)
ln = _unary(math.log)
log10 = _unary(math.log10)
exp = _unary(math.exp)
sqrt = _unary(math.sqrt)
floor = _unary(lambda a: float(math.floor(a)))
absolute = _unary(abs)
double = _unary(float)
bigint = _unary(int)


def coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
