"""A figure as PNG, SVG and PDF: the same figure, the same bytes."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from xml.sax.saxutils import escape

from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from helpers.drawing.figures.small_font import small_font_in_use

KINDS = ("png", "svg", "pdf")
DOTS_PER_INCH = 200

# Without these, a file carries today's date and the library's version.
_UNSAID = {
    "png": ("Software",),
    "svg": ("Date", "Creator"),
    "pdf": ("CreationDate", "Creator", "Producer"),
}
_DESCRIPTION = {"png": "Description", "svg": "Description", "pdf": "Subject"}
_CLIP_PATH = re.compile(rb"(?<=[\"#])p[0-9a-f]{10}(?=[\")])")
_SVG_HEAD = re.compile(rb"<svg (?P<rest>[^>]*)>\s*<title>.*?</title>", flags=re.DOTALL)


def render(figure: Figure, name: str, *, title: str, alt: str) -> dict[str, bytes]:
    """Return the three pictures of a figure by their file names.

    The PNG has 200 dots per inch. The SVG draws its letters as outlines and carries title and
    alt text for screen readers (SVG 2, section 5.7; WAI-ARIA's role `img`). The PDF embeds the
    letters it uses as TrueType, so that its Chinese can be searched and copied.
    """
    with layout_frozen(figure) as frame:
        return {
            f"{name}.{kind}": draw_as(kind, figure, name, frame=frame, title=title, alt=alt)
            for kind in KINDS
        }


@contextmanager
def layout_frozen(figure: Figure) -> Iterator[Bbox]:
    """Lay the figure out once, for all files; give the frame around all that is drawn."""
    # Each kind of file would lay it out anew, a hair differently, and that hair (the last
    # bit of a position) is enough to change the names inside an SVG from one saving to the next.
    figure.draw_without_rendering()
    engine = figure.get_layout_engine()
    # None, not "none": a figure with any engine, even one that does nothing, is drawn once
    # more for each file, in vain.
    # savefig sets it again after each file, by the settings in force: so these hold until the end.
    with rc_context({"figure.autolayout": False, "figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
        try:
            yield _frame_of(figure)
        finally:
            figure.set_layout_engine(engine or "none")


def _frame_of(figure: Figure) -> Bbox:
    """Return the frame in inches, with the theme's margin."""
    # As bbox_inches="tight" finds it, which draws the figure once more for each file.
    dots = figure.get_dpi()
    figure.set_dpi(DOTS_PER_INCH)
    try:
        figure.draw_without_rendering()
        return figure.get_tightbbox().padded(rcParams["savefig.pad_inches"])
    finally:
        figure.set_dpi(dots)


def draw_as(kind: str, figure: Figure, name: str, *, frame: Bbox, title: str, alt: str) -> bytes:
    """Return one picture of a figure whose layout is frozen: its "png", "svg" or "pdf"."""
    metadata = {**dict.fromkeys(_UNSAID[kind]), "Title": title, _DESCRIPTION[kind]: alt}
    content = BytesIO()
    with ExitStack() as settings:
        if kind == "pdf":
            settings.enter_context(small_font_in_use(figure))
        # Not left to the theme: another font type draws most Chinese without its characters.
        settings.enter_context(
            rc_context({"svg.hashsalt": name, "pdf.fonttype": 42, "ps.fonttype": 42})
        )
        figure.savefig(
            content, format=kind, dpi=DOTS_PER_INCH, bbox_inches=frame, metadata=metadata
        )
    if kind != "svg":
        return content.getvalue()
    return _name_for_screen_readers(_number_clip_paths(content.getvalue()), name, title, alt)


def _number_clip_paths(drawing: bytes) -> bytes:
    """The SVG with its clip paths numbered: their names hang on the last bit of a position."""
    numbers: dict[bytes, bytes] = {}
    return _CLIP_PATH.sub(
        lambda match: numbers.setdefault(match[0], b"clip%d" % (len(numbers) + 1)), drawing
    )


def _name_for_screen_readers(drawing: bytes, name: str, title: str, alt: str) -> bytes:
    """The SVG as one image with a name and a description, whose ids hold the figure's name."""
    # Two drawings inside one page must not share an id.
    head = (
        f'role="img" aria-labelledby="title-{name} desc-{name}">\n'
        f' <title id="title-{name}">{escape(title)}</title>\n'
        f' <desc id="desc-{name}">{escape(alt)}</desc>'
    ).encode()
    drawing, n_heads = _SVG_HEAD.subn(
        lambda match: b"<svg " + match["rest"] + b" " + head, drawing, count=1
    )
    if n_heads != 1:
        raise RuntimeError("matplotlib writes another head of SVG files; see _SVG_HEAD")
    return drawing
