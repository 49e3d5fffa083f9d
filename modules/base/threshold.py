"""The setting `evaluation.threshold`: the decision threshold of two classes, or how it is chosen."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modules.base.section import Name, Settings

Reached = Annotated[float, Field(gt=0, le=1)]


class ThresholdRule(Settings):
    """How the threshold is chosen on the validation rows: by exactly one rule."""

    maximize: Literal["f1"] | None = None
    false_negative_cost: Annotated[float, Field(gt=0)] | None = None
    precision: Reached | None = None
    recall: Reached | None = None
    equal_opportunity: Annotated[list[Name], Field(min_length=1)] | None = None
    max_gap: Annotated[float, Field(ge=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> "ThresholdRule":
        rules = [name for name in type(self).model_fields if name != "max_gap"]
        given = [name for name in rules if getattr(self, name) is not None]
        if len(given) != 1:
            told = f"{' and '.join(given)} are" if given else "none is"
            raise ValueError(f"give exactly one of {', '.join(rules)}; {told} given")
        if (self.max_gap is None) != (self.equal_opportunity is None):
            shown = "{equal_opportunity: [sex], max_gap: 0.05}"
            raise ValueError(f"equal_opportunity and max_gap belong together, as in {shown}")
        return self
