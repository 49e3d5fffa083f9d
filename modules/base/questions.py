"""The sections `explainer` and `debugger`: what is asked of the model that ships, and how long it may take."""

from typing import Annotated, Literal

from pydantic import Field

from modules.base.section import Count, Name, Settings

Direction = Literal["rises", "falls"]
Directions = Annotated[
    dict[Name, Direction],
    Field(description="columns, each with rises or falls", examples=[{"age": "rises"}]),
]
Query = Annotated[
    Name,
    Field(description="a comparison of a column, or several joined by `and`", examples=["education_num >= 13"]),
]

_ROWS = {"default": 1_000, "full": 5_000}
_SECONDS = {"default": 60, "full": 300}


class _Asked(Settings):
    """How much a step that asks the model may take."""

    enabled: bool = True
    budget: Literal["default", "full"] = "default"
    rows: Annotated[int, Field(ge=20)] | None = None
    seconds: Count | None = None

    @property
    def sampled_rows(self) -> int:
        """How many rows a method that draws some takes: what decides its results, beside the seed."""
        return self.rows or _ROWS[self.budget]

    @property
    def most_seconds(self) -> int:
        """After how many seconds no method begins, and one that runs shows what it has."""
        return self.seconds or _SECONDS[self.budget]


class Explainer(_Asked):
    """Which columns carry the model's answers, and why single rows get theirs."""

    concepts: Annotated[dict[Name, Query], Field(examples=[{"graduate": "education_num >= 13"}])] = {}
    mutable: list[Name] = []
    directions: Directions = {}


class Debugger(_Asked):
    """Where the model is wrong, and how easily it is led astray."""

    monotone: Directions = {}
    sensitive: list[Name] = []
