"""What the letters of today ask for, invoice by invoice: in the currency that is owed, with interest and fees."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of, places
from tradecredit.decide.collect import stages
from tradecredit.decide.terms.late_interest import chargeable
from tradecredit.measure.closing_rates import closing_rates
from tradecredit.measure.open_items import open_items
from tradecredit.params.collect import Stage
from tradecredit.params.letters import LetterSettings

WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
"""Currencies without a smaller unit (ISO 4217)."""

THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
"""Currencies whose smaller unit is a thousandth."""

SHOWN = ["billed", "billed_open", "billed_held_out", "billed_to_pay", "billed_interest", "billed_fee"]
"""Amounts of a letter, each a column of its own."""

CHARGED = ("billed_interest", "billed_daily_interest", "billed_fee", "law", "cited_as")
"""What letters charge for late payment, and by which law."""


def decimals(currency: str) -> int:
    """Return how many decimals amounts in a currency have.

    >>> decimals("EUR"), decimals("JPY"), decimals("KWD")
    (2, 0, 3)
    """
    return 0 if currency in WHOLE else 3 if currency in THOUSANDTHS else 2


def invoices(book: Book, buyers: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices of the letters that go out today, with what is asked for in the currency of each.

    `buyers`: `stages.of_buyers`, or a worklist. The rows and columns of `stages.letters`, and

    - `days_past_due` (`open_items`); `sent`, the day of the letter; `currency` of the invoice, and in it, in its
      smallest units (`decimals`):
    - `billed`, what was invoiced, `billed_open`, what is open of it, `billed_held_out`, and `billed_to_pay`, the rest:
      what the book states in its own currency is moved back at the rates by which it was translated;
    - `billed_interest`, `billed_daily_interest` and `billed_fee`: what may be charged by law by the as-of day
      (`late_interest.chargeable`), interest in the part that is to be paid, where the letter's stage asks for it.
      Missing: not asked for, nothing may be charged, or it is not computable;
    - `law`, by which it is (missing: none is known, or the letter asks for neither), and `cited_as`, how a letter cites
      it (missing: it does not); `agreed`: whether the rate is that of contracts.

    Source: definitions §10.10.
    """
    rows = stages.letters(book, buyers)
    place = places(rows["invoice_id"], book.invoices["invoice_id"])
    currency = book.invoices["currency"].iloc[place].reset_index(drop=True)
    issue, closing = _rates(book, place)
    unit = 10.0 ** np.array([decimals(one) for one in currency], dtype="float64")
    owed = _rounded(rows["open_amount"] / closing, unit)
    left = rows["to_collect"].to_numpy() > 0
    held = np.where(left, _rounded(rows["held_out"] / closing, unit), owed)
    table = rows.assign(
        days_past_due=open_items(book)["days_past_due"].to_numpy()[place],
        sent=buyers["send_on"].reindex(rows["buyer_id"]).to_numpy("datetime64[us]"), currency=currency,
        billed=_rounded(rows["amount"] / issue, unit), billed_open=owed, billed_held_out=held,
        billed_to_pay=_rounded(owed - held, unit),
    )  # fmt: skip
    return table.join(_charges(book, table, (issue, closing, unit)))


def totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what each letter asks for: index `buyer_id`, `currency`, in the order of the letters.

    `rows`: `invoices`. The sums of `billed_open`, `billed_held_out`, `billed_to_pay`, `billed_interest` and
    `billed_fee` (missing: nothing of it is asked for); `billed_total`, what is to be paid with interest and fees.
    """
    sums = rows.groupby(["buyer_id", "currency"], sort=False)[SHOWN[1:]].sum(min_count=1)
    total = sums[["billed_to_pay", "billed_interest", "billed_fee"]].sum(axis="columns")
    unit = 10.0 ** np.array([decimals(one) for one in sums.index.get_level_values("currency")], dtype="float64")
    sums = sums.assign(billed_total=total)
    return pd.DataFrame({name: _rounded(values, unit) for name, values in sums.items()}, sums.index)


def unpayable(rows: pd.DataFrame, settings: LetterSettings) -> pd.Series:
    """Return the currencies for which the run states no account, of each letter with one: index buyer_id."""
    without = [currency for currency in rows["currency"].unique() if settings.account(currency) is None]
    found = rows[one_of(rows["currency"], without)]
    return found.groupby("buyer_id", sort=False)["currency"].agg(lambda codes: ", ".join(sorted({*codes})))


def _rates(book: Book, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rates at which invoices at some places were translated, and those at which they stand today."""
    known, count = closing_rates(book), len(book.invoices)
    issue = np.ones(count)
    issue[known.rows] = known.issue
    moved = known.on(np.ones(count), book.as_of)
    return issue[place], (issue * moved)[place]


def _rounded(amounts: pd.Series | np.ndarray, unit: np.ndarray) -> np.ndarray:
    return np.rint(np.asarray(amounts) * unit) / unit


def _charges(book: Book, rows: pd.DataFrame, rates: tuple[np.ndarray, ...]) -> pd.DataFrame:
    """Return what letters charge for late payment, and by which law, on the index of their invoices."""
    asked = {name: one_of(rows["letter"], _stages(book, name)) for name in ("interest", "fee")}
    none = pd.DataFrame(dict.fromkeys(CHARGED, np.nan) | {"agreed": False}, index=rows.index)
    none = none.astype({"law": "str", "cited_as": "str"})
    if not (asked["interest"] | asked["fee"]).any():
        return none
    table = chargeable(book).set_index("invoice_id")[["law", "country", "interest", "daily_interest", "fee"]]
    table = table.reindex(rows["invoice_id"]).reset_index(drop=True)
    settings, known = book.run.collections.letters, {law.name: law for law in book.run.late_interest.laws}
    small = settings is not None and settings.small_enterprise
    ours = [name for name, law in known.items() if small or not law.for_small_creditors]
    lawful = one_of(table["law"], ours) & (asked["interest"] | asked["fee"])
    issue, closing, unit = rates
    to_pay = rows["billed_to_pay"].to_numpy()
    share = np.divide(to_pay, rows["billed_open"], out=np.zeros(len(rows)), where=rows["billed_open"] > 0)
    interest, fees = lawful & asked["interest"], lawful & asked["fee"]
    cited = {(name, country): text for name, law in known.items() for country, text in law.cited_as.items()}
    citation = [cited.get(key) for key in zip(table["law"], table["country"], strict=True)]
    return none.assign(
        billed_interest=_rounded(np.where(interest, table["interest"] / issue * share, np.nan), unit),
        billed_daily_interest=_rounded(np.where(interest, table["daily_interest"] / issue * share, np.nan), unit),
        billed_fee=_rounded(np.where(fees, np.where(to_pay > 0, table["fee"], 0.0) / closing, np.nan), unit),
        law=table["law"].where(lawful), cited_as=pd.Series(citation, rows.index, dtype="str").where(lawful),
        agreed=lawful & one_of(table["country"], book.run.late_interest.agreed_rates),
    )  # fmt: skip


def _stages(book: Book, charge: str) -> list[str]:
    """Return the names of the reminders that ask for `interest`, or for the `fee`."""
    return [stage.name for stage in book.run.collections.reminders if getattr(stage, charge)]


def wording(stage: Stage, stopped: bool) -> str:
    """Return how a letter is worded: by its stage's tone, and as a stop where supplies are, unless it is the last."""
    return "stop" if stopped and stage.tone != "last" else stage.tone
