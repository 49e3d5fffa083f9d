"""The model card as Markdown."""

import re
from collections.abc import Sequence

from components.tflite_pusher.model_card import outline
from components.tflite_pusher.model_card.content import CardContent

# What Markdown, or HTML within it, would act on. Names of columns and texts of the config are taken as they are.
_ACTIVE = re.compile(r"[\\`*\[\]<>|#~]")


def render(content: CardContent) -> str:
    """Returns the card, in Markdown with tables as GitHub has them."""
    lines = [f"# {_text(outline.title_of(content))}"]
    for part in outline.parts(content):
        lines += ["", f"## {_text(part.title)}"]
        lines += [line for text in part.texts for line in ("", _text(text))]
        if part.items:
            lines += ["", *(f"- {_text(item)}" for item in part.items)]
        if part.table:
            lines += ["", _row(part.table.head), _row(["---"] * len(part.table.head)), *map(_row, part.table.rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell if cell == '---' else _text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))
