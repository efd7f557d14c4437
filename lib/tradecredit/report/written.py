"""Files of a report, written whole."""

import json
from pathlib import Path
from typing import Any

from tradecredit.book.disk import writing


def write_json(file: Path, content: dict[str, Any]) -> None:
    """Write a file of JSON."""
    write_text(file, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a text in UTF-8 beside its place and move it there, so that nobody reads half of it.

    Raises `ParameterError` where the machine refuses.
    """
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.new")
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.replace(file)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
