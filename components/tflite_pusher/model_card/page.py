"""The model card as one HTML file that asks the network for nothing."""

import pathlib

import jinja2
import markupsafe

from components.tflite_pusher.model_card import outline
from components.tflite_pusher.model_card.content import CardContent

_TEMPLATES = pathlib.Path(__file__).parent / "templates"


def render(content: CardContent) -> str:
    """Returns the card as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    style = markupsafe.Markup((_TEMPLATES / "card.css").read_text(encoding="utf-8"))
    title, parts = outline.title_of(content), outline.parts(content)
    return environment.get_template("card.html").render(title=title, parts=parts, style=style)
