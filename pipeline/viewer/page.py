"""A view as one HTML element that needs nothing around it: TFMA's own front end inside an <iframe srcdoc>.

No current front end draws TFMA's Jupyter widgets. A page of its own draws its bundle of custom elements, and goes into
the output of the cell, packed: neither an extension nor a network nor a server is needed. The frame is sandboxed: what
the cells of a table hold reaches neither the notebook nor the kernel.
"""

import base64
import functools
import html
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modules.base import vega

# Fetching is forbidden, so that a page looks the same with and without a network.
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; \
style-src 'unsafe-inline'; img-src data:">
<style>body{{margin:0;background:#fff;font:14px Roboto,'Helvetica Neue',Arial,sans-serif}}</style></head>
<body><p id="state">Drawing …</p><script>
window.polymerSkipLoadingFontRoboto = true;
const unpack = (text) => new Response(
  new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]).stream()
    .pipeThrough(new DecompressionStream("deflate"))).text();
// The table of slices lies inside two elements, between margins that a cell has no room for.
const widen = (view) => {{
  const browser = view.shadowRoot.querySelector("tfma-slicing-metrics-browser");
  if (!browser) return;
  const style = document.createElement("style");
  style.textContent = "#table {{ width: auto; margin: 20px 0 0; }}";
  browser.shadowRoot.append(style);
}};
const find = (root, name) => {{
  for (const one of root.querySelectorAll("*")) {{
    const found = one.localName === name ? one : one.shadowRoot && find(one.shadowRoot, name);
    if (found) return found;
  }}
}};
// The front end opens on what comes first in its alphabet; these are the metrics to look at first.
const open = async (metrics) => {{
  const overview = find(document, "tfma-slice-overview");
  if (overview) overview.metricToShow = metrics[0];
  const rates = find(document, "fairness-metric-and-slice-selector");
  for (let tries = 0; rates && !rates.selectedMetrics?.length && tries < 100; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (rates) rates.selectedMetricsListCandidates_ =
    metrics.map((name) => rates.metricsListCandidates_.find(({{ fc }}) => fc === name)).filter(Boolean);
}};
(async () => {{
  for (const packed of {scripts}) {{
    const script = document.createElement("script");
    script.textContent = await unpack(packed);
    document.head.append(script);
  }}
  const view = document.createElement("{element}");
  const properties = JSON.parse(await unpack("{properties}"));
  for (const [name, value] of properties) view[name] = value;
  document.getElementById("state").remove();
  document.body.append(view);
  widen(view);
  const metrics = {opens};
  if (metrics.length) await open(metrics);
}})().catch((error) => {{ document.getElementById("state").textContent = "Not drawn: " + error; }});
</script></body></html>"""

# A front end that does not trust a notebook takes the frame away and leaves this text.
_UNTRUSTED = (
    "Not shown, because this notebook was executed elsewhere and is not trusted yet: run the cell, or "
    "<code>jupyter trust</code> the notebook."
)


class View:
    """What a cell shows.

    Attributes:
        text: What it is, in one line, for front ends that show no HTML.
        html: The HTML that is shown in all others.
    """

    def __init__(self, text: str, html: str) -> None:
        self.text, self.html = text, html

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def message(text: str) -> View:
    """Returns a view of one line of text."""
    return View(text, f"<p>{html.escape(text)}</p>")


def frame(
    title: str,
    element: str,
    properties: Mapping[str, Any],
    height: int,
    *,
    charts: bool = True,
    opens: Sequence[str] = (),
) -> View:
    """Returns a view that one of TFMA's custom elements draws.

    Args:
        title: What it is, in one line; shown above it.
        element: The tag of the custom element.
        properties: Its properties, in the order in which they are to be set. NaN becomes null, as in the bundle's own
            JSON.
        height: Height of the frame in pixels; what does not fit is scrolled to.
        charts: Whether the element draws with Google Charts.
        opens: Metrics that are shown first, as the element calls them; its own choice if empty.

    Returns:
        The view, some 430 kB of HTML, with charts 840 kB.
    """
    page = _PAGE.format(
        title=html.escape(title),
        scripts=json.dumps([*([_vega()] if charts else []), _charts(), _bundle()]),
        element=element,
        opens=json.dumps(list(opens)).replace("<", "\\u003c"),
        properties=_pack(json.dumps(list(properties.items()))),
    )
    return View(
        title,
        f"<p>{html.escape(title)}</p>"
        f'<iframe title="{html.escape(title)}" sandbox="allow-scripts" width="100%" height="{height}" '
        f'style="border:1px solid #ddd;background:#fff;width:100%" srcdoc="{html.escape(page)}">{_UNTRUSTED}</iframe>',
    )


def _pack(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


@functools.cache
def _bundle() -> str:
    """Packs the front end that comes with TFMA."""
    import tensorflow_model_analysis

    folder = os.path.dirname(tensorflow_model_analysis.__file__)
    return _pack(Path(folder, "static", "vulcanized_tfma.js").read_text(encoding="utf-8"))


@functools.cache
def _charts() -> str:
    """Packs what stands in for Google Charts."""
    return _pack(Path(__file__).with_name("charts.js").read_text(encoding="utf-8"))


@functools.cache
def _vega() -> str:
    """Packs what that draws with."""
    return _pack(vega.bundle())
