"""When a headline figure of the summary is green, amber or red, by whose word: the run's own rules."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradecredit.params.base import Parameters

Figure = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
"""The name of a headline figure in `results.json`."""


class Light(Parameters):
    """The rule of one light: it is red beyond `red`, amber beyond `amber`, and green else.

    Where `red` is below `amber`, the less the worse: beyond means below.
    """

    amber: Annotated[float, Field(strict=True)]
    """The bound of green: in the unit of the figure, or a share with `of` or `against`."""
    red: Annotated[float, Field(strict=True)]
    """The bound of amber."""
    of: Figure | None = None
    """The headline figure of which it is tested as a share, such as `receivables`. None: as it is."""
    against: Literal["last_year"] | None = None
    """`last_year`: its change since the month end a year ago is tested, as a share of its amount then. None: as it
    is."""
    also: Figure | None = None
    """A headline figure that must be within the bound of green too: where it is not, a light that would be green is
    amber. None: none."""

    @model_validator(mode="after")
    def _one_thing_is_tested_between_two_bounds(self) -> Self:
        if self.amber == self.red:
            raise ValueError("amber and red are equal; state the bound of green, and beyond it that of amber")
        if self.of is not None and self.against is not None:
            raise ValueError("of and against exclude each other; state the one that is to be tested")
        if self.also is not None and (self.of is not None or self.against is not None):
            raise ValueError("also is held against the bound as it is; leave out of and against")
        return self
