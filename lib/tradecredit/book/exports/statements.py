"""The entries of bank statements in SWIFT's MT940, under the names of the library that reads them."""

import logging
import re
from pathlib import Path

import pandas as pd

from tradecredit.book.exports.encoding import decoded

TEXTS = ("transaction_details", "purpose", "customer_reference", "end_to_end_reference", "extra_details")
_ACCOUNT = re.compile(r"^(?:[A-Z]{2}\d{2}[A-Z0-9]{11,30}|\d{6,})(?=\S)")
_NAMED = re.compile(r"/?ORDP/+NAME/([^/]+)|/CNTP/[^/]*/[^/]*/([^/]+)")
"""How banks of the Netherlands name the payer between words in `/`."""


def mt940_frame(path: Path) -> pd.DataFrame:
    """Return the entries of a statement: a row each, numbered in order.

    `day`: of booking, else value; `amount` above zero and its `currency`; `status`: `C` money in, `D` money out, `RC` a
    payment taken back, `RD` our own; `name` of the other party; `text` of all that the entry says; `reference` of the
    bank. Raises `ValueError` for what is no MT940.
    """
    import mt940

    text, _ = decoded(path.read_bytes())
    if not re.search(r"(?m)^:61:", text):
        raise ValueError("holds no entry of a statement (:61:)")
    if re.search(r"(?m)^:86:\d{3}[~<]\d\d", text):
        # Banks of Poland part what an entry says with other marks.
        text = re.sub(r"[~<](?=\d\d)", "?", text)
    logging.getLogger("mt940").setLevel(logging.CRITICAL)  # it writes its patterns out where one does not fit
    try:
        entries = list(mt940.parse(text))
    except (RuntimeError, ArithmeticError, LookupError, TypeError) as error:
        raise ValueError(f"is no readable MT940: {str(error).splitlines()[0][:80]}") from None
    rows = []
    for entry in entries:
        data = entry.data
        amount = data["amount"]
        said = [str(data[name]) for name in TEXTS if data.get(name) and data[name] not in ("NONREF", "NOTPROVIDED")]
        named = _NAMED.search(" ".join(said).replace("\n", ""))
        name = data.get("applicant_name") or (named and (named[1] or named[2])) or ""
        rows.append(
            {
                "day": pd.Timestamp(data.get("entry_date") or data["date"]),
                "amount": abs(float(amount.amount)),
                "currency": amount.currency,
                "status": data["status"],
                # The account stands before the name where the bank gives both.
                "name": _ACCOUNT.sub("", name).strip() or None,
                "text": " ".join(dict.fromkeys(said)) or None,
                "reference": data.get("bank_reference") or None,
            }
        )
    return pd.DataFrame(rows, index=range(1, len(rows) + 1))
