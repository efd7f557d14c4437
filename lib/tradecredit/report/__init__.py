"""Chapters, pages and the index."""

import sys

# jsonschema, by which notebooks are checked, would build 38 grammars of addresses, which takes longer than pandas.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
