"""Who asks the services, and with which keys: from the environment, never from a file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hepatica.errors import InputError

EMAIL = "HEPATICA_EMAIL"
NCBI_API_KEY = "HEPATICA_NCBI_API_KEY"
OPENFDA_API_KEY = "HEPATICA_OPENFDA_API_KEY"

_EMAIL = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,200}")
_KEY = re.compile(r"[\w.~-]{8,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The contact e-mail that goes with each request, and the API keys that raise the limits.

    Raises InputError for what is no e-mail or no key. A key never shows in `repr`.
    """

    email: str | None = None
    ncbi_api_key: str | None = field(default=None, repr=False)
    openfda_api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.email is not None and not _EMAIL.fullmatch(self.email):
            raise InputError(f"{EMAIL} is {self.email!r}; expected an e-mail address")
        for name, key in (
            (NCBI_API_KEY, self.ncbi_api_key),
            (OPENFDA_API_KEY, self.openfda_api_key),
        ):
            if key is not None and not _KEY.fullmatch(key):
                raise InputError(f"{name} is no API key; expected letters and digits as issued")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never show anywhere."""
        return tuple(filter(None, (self.ncbi_api_key, self.openfda_api_key)))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings in HEPATICA_EMAIL, HEPATICA_NCBI_API_KEY and HEPATICA_OPENFDA_API_KEY."""
        return cls(
            email=environment.get(EMAIL) or None,
            ncbi_api_key=environment.get(NCBI_API_KEY) or None,
            openfda_api_key=environment.get(OPENFDA_API_KEY) or None,
        )
