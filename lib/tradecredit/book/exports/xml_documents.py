"""The documents of XML files: e-invoices, audit files, bank statements, each document a row, by XPaths as columns."""

import logging
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from tradecredit.params.export import ExportList

EMBEDDED = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""What the e-invoice that a PDF carries is called, whatever the case of its letters."""


def root(path: Path) -> Any:
    """Return the first element of an XML file, or of that in a PDF, with elements named without their namespaces.

    Nothing outside the file is read and no entity is put in: a file that declares any is refused with `ValueError`, as
    is one that is no XML, and a PDF that carries no e-invoice.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        tree = etree.parse(str(path) if path.suffix.lower() != ".pdf" else BytesIO(_carried(path)), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no readable XML: {error}") from None
    if tree.docinfo.doctype:
        raise ValueError("declares a document type (DTD), which no invoice or statement needs")
    for element in tree.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return tree.getroot()


def embedded(path: Path) -> bytes | None:
    """Return the e-invoice that a PDF carries as a file (Factur-X, ZUGFeRD, XRechnung); None without one.

    What is printed on its pages is never read. Raises `ValueError` for what is no PDF, or one under a password.
    """
    from pypdf import PdfReader

    # What it mends on the way is no matter of ours: only the attached file is read, and checked as XML.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        attached = {name.lower(): contents for name, contents in PdfReader(path).attachments.items()}
    except Exception as error:  # a broken PDF ends in any error whatever
        raise ValueError(f"is no readable PDF: {error}") from None
    return next((attached[name][0] for name in EMBEDDED if attached.get(name)), None)


def _carried(path: Path) -> bytes:
    found = embedded(path)
    if found is None:
        raise ValueError(f"carries no e-invoice (a file such as {EMBEDDED[0]}); what a PDF prints is not read")
    return found


def frame(path: Path, source: ExportList) -> pd.DataFrame:
    """Return the documents of an XML file: a row for each element that the XPath `form.record` finds.

    Columns are the XPaths that the list's `columns`, `where` and `without` name; of several elements the texts, with
    spaces between. `$name` in one stands for what the column of that role holds in the row. The index counts the
    documents from 1: a file may stand on one line.
    """
    from lxml import etree

    top = root(path)
    try:
        records = top.xpath(source.form.record or "/*")
        paths = {name: etree.XPath(name) for name in _names(source)}
    except etree.XPathError as error:
        raise ValueError(f"source.form.record or source.columns hold no XPath: {error}") from None
    roles = {role: named for role, named in source.columns.items() if isinstance(named, str)}
    asking = [name for name in paths if "$" in name]
    rows: list[dict[str, object]] = []
    looked_up: dict[tuple[str, ...], object] = {}
    for record in records:
        row = {name: _value(find(record)) for name, find in paths.items() if name not in asking}
        for name in asking:
            given = {role: str(row[path]) for role, path in roles.items() if f"${role}" in name and row.get(path)}
            key = (name, *given.values())
            if key not in looked_up:
                looked_up[key] = _value(paths[name](record, **given)) if given else None
            row[name] = looked_up[key]
        rows.append(row)
    return pd.DataFrame(rows, columns=list(paths), index=range(1, len(rows) + 1), dtype="object")


def _names(source: ExportList) -> list[str]:
    def flat(columns: Iterable[str | list[str]]) -> list[str]:
        return [name for value in columns for name in ([value] if isinstance(value, str) else value)]

    return list(dict.fromkeys([*flat(source.columns.values()), *source.where, *source.without]))


def _value(found: object, between: str = " ") -> object:
    """Return what an XPath gives as a cell: the texts of elements and attributes, a number, or None for nothing."""
    if isinstance(found, list):
        texts = [str(one) if isinstance(one, str) else "".join(one.itertext()) for one in found]
        # What each line of a document repeats, such as the invoice that it credits, is said once.
        text = between.join(dict.fromkeys(text.strip() for text in texts if text.strip()))
        return text or None
    if isinstance(found, float):
        return found if found == found else None
    return str(found).strip() or None
