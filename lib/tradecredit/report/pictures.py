"""Pictures of a page: a matplotlib figure as WebP, a picture in HTML, and the small line of a headline figure."""

import base64
import io
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from PIL import Image

from tradecredit.language import tr
from tradecredit.report.tables import escaped, sentence
from tradecredit.words.formats import dated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 200
"""Twice the density at which a figure of 6.4 in is 640 pixels wide, for sharp screens and print."""
FOLDER = "figures"
"""Where a run keeps pictures for the summary; a month has them in its pages alone."""
COLOURS = 128
"""Colours of a picture, shades of its edges among them."""
EFFORT = 75
"""With which a picture is packed, to 100: that would take twice the time for a thirtieth of the bytes."""
MONTHS, LEAST = 13, 3
"""Months that the line of a headline figure shows, and the fewest that make one."""


def file_of(chapter: str, name: str) -> Path:
    """Return where a run at work keeps a picture of a chapter, from the folder that it builds the month in."""
    return Path(FOLDER) / chapter / f"{name}.webp"


def published(folder: Path, chapter: str, name: str) -> bytes | None:
    """Return a picture that a chapter has published, from the run at work or from its page, or None."""
    file, page = folder / file_of(chapter, name), folder / f"{chapter}.html"
    if file.exists():
        return file.read_bytes()
    found = re.search(
        rf'<figure id="figure-{re.escape(name)}".*?<img src="data:image/webp;base64,([^"]+)"',
        page.read_text(encoding="utf-8") if page.exists() else "", re.DOTALL,
    )  # fmt: skip
    return base64.b64decode(found[1]) if found else None


def size_of(figure: "Figure") -> tuple[int, int]:
    """Return width and height in pixels at which a figure is shown."""
    width, height = (round(inches * DOTS_PER_INCH / 2) for inches in figure.get_size_inches())
    return width, height


def picture_of(figure: "Figure") -> tuple[bytes, bool]:
    """Return a figure as WebP, closed, and whether the fonts here lack some of its letters."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set(dpi=DOTS_PER_INCH, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        canvas.draw()  # `savefig` draws twice, and packs what is unpacked at once
    about_letters = [warning for warning in caught if re.match(r"Glyph .* missing from", str(warning.message))]
    for warning in caught:
        if warning not in about_letters:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return _in_a_palette(drawn), bool(about_letters)


def _in_a_palette(drawn: Image.Image) -> bytes:
    """Return a picture as WebP that loses nothing but colours beyond `COLOURS`, in a quarter of a PNG's bytes."""
    few = drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    smaller = io.BytesIO()
    few.convert("RGB").save(smaller, "WEBP", lossless=True, quality=EFFORT)
    return smaller.getvalue()


def html_of(picture: bytes, told: Mapping[str, object], link: str = "", narrow: "Figure | None" = None) -> str:
    """Return a picture as HTML, complete in itself; with `link`, its caption leads there.

    `narrow`: what is shown in its place on a screen as narrow as a phone's.
    """
    size = f'width="{told["width"]}" height="{told["height"]}"'
    image = f'<img src="{_address(picture)}" {size} alt="{escaped(told["alt"])}">'
    if narrow is not None:
        width, height = size_of(narrow)
        image = (
            f'<picture>\n<source media="screen and (max-width: 40rem)" srcset="{_address(picture_of(narrow)[0])}" '
            f'width="{width}" height="{height}">\n{image}\n</picture>'
        )
    caption = escaped(told["caption"])
    if link:
        caption = f'<a href="{link}">{caption}</a>'
    return f'<figure class="tc-figure">\n{image}\n<figcaption>{caption}</figcaption>\n</figure>\n'


def _address(picture: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(picture).decode('ascii')}"


def sparkline(values: pd.Series, written: Callable[[float], str]) -> str:
    """Return a small line of values by day as SVG, the last one a point, and between what it runs; `written`: how.

    Empty for fewer than three values.
    """
    if len(values) < LEAST:
        return ""
    days = (values.index - values.index[0]).days.to_numpy(float)
    low, high = float(values.min()), float(values.max())
    x = 2 + 92 * days / days[-1]
    y = 20 - 16 * (values.to_numpy(float) - low) / (high - low) if high > low else [12.0] * len(values)
    points = " ".join(f"{at:.1f},{height:.1f}" for at, height in zip(x, y, strict=True))
    told = tr("{number} months from {first}", number=len(values), first=dated(values.index[0]))
    between = tr("{low} to {high} in {number} months", low=written(low), high=written(high), number=len(values))
    return (
        f'<dd class="line"><svg viewBox="0 0 96 24" role="img" aria-label="{escaped(told)}">'
        f'<polyline points="{points}"/>'
        f'<circle cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="2"/></svg></dd><dd class="since screen">{sentence(between)}</dd>'
    )
