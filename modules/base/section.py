"""What every section of the settings is made of: the base class, and the types that several sections use."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(min_length=1)]


class SettingError(ValueError):
    """Settings that are each right, and do not fit each other.

    Args:
        what: What is wrong.
        fix: What to do about it, as a sentence without its full stop.
    """

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


class Settings(BaseModel):
    """Base of all sections: unknown keys are errors, values cannot change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())
