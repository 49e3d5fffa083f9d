"""What methods that ask the model found out, as a section: the answer first, what each method says folded away."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Details, Section, Text

# What one method shows: what is seen at once, and what is folded away below its title. It is given its content, and all
# of summary.json.
Shown = tuple[Sequence[Block], Sequence[Block]]
Show = Callable[[Mapping[str, Any], Mapping[str, Any]], Shown]


def build(
    summary: Mapping[str, Any],
    key: str,
    heading: Section,
    lead: Callable[[Mapping[str, Mapping[str, Any]], Mapping[str, Any]], str],
    shows: Mapping[str, tuple[str, Show]],
    on_paper: Collection[str],
) -> Section | None:
    """Builds a section.

    Args:
        summary: The content of summary.json.
        key: The key of the results in it.
        heading: The section without its lead and its blocks.
        lead: Says what was found, from contents by method and the summary.
        shows: By method its title, and what shows its content.
        on_paper: The methods whose details are printed as well; of the others, only why there are none.

    Returns:
        The section; None where the step did not run.
    """
    results = summary.get(key)
    if not results:
        return None
    contents = {result["method"]: result["content"] for result in results if result["content"] is not None}
    first: list[Block] = []
    folded: list[Block] = []
    for result in results:
        title, show = shows[result["method"]]
        seen, more = show(result["content"], summary) if result["content"] is not None else ((), ())
        first += seen
        notes = [Text(text=result["note"])] if result["note"] else []
        if more or notes:
            is_printed = result["method"] in on_paper or not more
            folded.append(Details(title=title, blocks=[*notes, *more], on_paper=is_printed))
    return heading.model_copy(update={"lead": lead(contents, summary), "blocks": [*first, *folded]})
