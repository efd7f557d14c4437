"""A month as one file to mail: its folder as it is, without links to what lies beside it."""

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DAY = (1980, 1, 1, 0, 0, 0)
"""The day of all files, that of no clock: the same month makes the same file."""
READABLE = 0o644
"""Who may read the unpacked files: all, as of a web server; a zip file's own default is their owner alone."""
_EMPTY = re.compile(r"<nav\b[^>]*><ul></ul></nav>\n?")


def write_alone(month: Path) -> Path:
    """Write a month's folder as a zip file beside it, for who gets this month alone; return its path."""
    packed = month.with_name(f"{month.parent.name}_{month.name}.zip")
    with ZipFile(packed, "w") as archive:
        for file in sorted(file for file in month.rglob("*") if file.is_file()):
            place = file.relative_to(month)
            content = file.read_bytes()
            if file.suffix == ".html":
                content = alone(content.decode("utf-8"), folders=len(place.parts) - 1).encode("utf-8")
            entry = ZipInfo(f"{packed.stem}/{place.as_posix()}", DAY)
            entry.external_attr = READABLE << 16
            archive.writestr(entry, content, ZIP_DEFLATED)
    return packed


def alone(page: str, *, folders: int = 0) -> str:
    """Return a page without links out of its month, which lies so many `folders` above it.

    An item of a list that is such a link goes with it; of any other the text stays.

    >>> alone('<li><a href="../2026-09/01_x.html">September</a></li><a href="01_x.html">Here</a>')
    '<a href="01_x.html">Here</a>'
    """
    link = rf'<a\b[^>]*? href="(?:\.\./){{{folders + 1}}}[^"]*"[^>]*>((?:(?!</a>).)*)</a>'
    page = re.sub(rf"<li\b[^>]*>{link}</li>\n?", "", page)
    return _EMPTY.sub("", re.sub(link, r"\1", page))
