"""The insurer's limits: what was asked and granted, which to review, and what a cut of today takes cover from."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends
from tradecredit.book.checks import CENT
from tradecredit.book.places import one_of, places
from tradecredit.decide.limits.insurer import limits_left
from tradecredit.insurance import cover
from tradecredit.insurance.evidence import papers_in_force
from tradecredit.insurance.policy import Policy
from tradecredit.measure.balances import balances
from tradecredit.measure.orders import counted

WHOLE, IN_PART, REFUSED = ANSWERS = ("granted", "granted in part", "refused")
"""What the insurer answers to a request."""

LIMIT_ENDS, EVIDENCE_ENDS, LOWERED = REVIEWS = ("limit ends", "evidence ends", "limit lowered")
"""Why a limit is looked at with the insurer."""

INVOICED, SHIPPED, ORDERED = ("invoice", "shipped, not invoiced", "order")
"""What a cut may touch: it takes no cover from the first two, as a later cut touches later shipments only."""


def answers(book: Book) -> pd.DataFrame:
    """Return what was asked of the insurer, what it granted and when it decided: a row for each request, newest first.

    The insurer's decisions of which `requested` is known and above zero (`limits_in_force.acceptance`). Columns:
    `buyer_id`, `asked_limit` and `granted_limit`, in the reporting currency, `answer`, one of `ANSWERS`, `decided_on`.
    On which day it was asked is in no table of the book.
    """
    limits = book.limits
    rows = limits[one_of(limits["source"], ["insurer"]) & (limits["requested"] > 0).to_numpy()]
    whole, none = rows["amount"] > rows["requested"] - CENT, rows["amount"] < CENT
    table = pd.DataFrame(
        {
            "buyer_id": rows["buyer_id"], "asked_limit": rows["requested"], "granted_limit": rows["amount"],
            "answer": np.select([none, whole], [REFUSED, WHOLE], IN_PART), "decided_on": rows["valid_from"],
        }
    ).astype({"answer": "str"})  # fmt: skip
    return table.sort_values("decided_on", ascending=False, kind="stable", ignore_index=True)


def to_send(book: Book, requests: pd.DataFrame) -> pd.DataFrame:
    """Return the limits to ask for as the list that is sent: `requests` (`limits.insurer.requests`), in their order.

    Index buyer_id; `name`, `registration_id`, `country` (missing: not stated); `request`, `request_code`,
    `insurer_limit`, `requested`; and of what was asked before of the same buyer the last: `asked_limit`,
    `granted_limit`, `decided_on` (missing: nothing).
    """
    of = book.buyers.set_index("buyer_id")[["name", "registration_id", "country"]].reindex(requests.index)
    last = answers(book).drop_duplicates("buyer_id").set_index("buyer_id")
    asked = requests[["request", "request_code", "insurer_limit", "requested"]]
    return of.join(asked).join(last[["asked_limit", "granted_limit", "decided_on"]])


def reviews(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return the limits to look at with the insurer, the first day first.

    Columns: `buyer_id`, `review_reason`, one of `REVIEWS`, `review_by`, `insurer_limit`, `open_amount`:

    - `LIMIT_ENDS`: the insurer's limit in force ends by itself within `decisions.report_ahead_days`;
    - `EVIDENCE_ENDS`: what the discretionary limit of a buyer that owes rests on is too old within these days
      (`evidence.papers_in_force`; limit: the discretionary one);
    - `LOWERED`: the insurer has cut or refused the limit of a buyer that owes since the month end before; `review_by`,
      its first day.

    Nothing without a policy.
    """
    kinds = {"buyer_id": "str", "review_reason": "str", "review_by": "datetime64[us]", "insurer_limit": "float64",
             "open_amount": "float64"}  # fmt: skip
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    if policy is None:
        return empty
    ahead, owed = book.as_of + pd.Timedelta(days=book.run.decisions.report_ahead_days), balances(book)["open_amount"]
    decided = book.limits[one_of(book.limits["source"], ["insurer"])].sort_values("valid_from", kind="stable")
    last = decided.groupby("buyer_id").tail(1).set_index("buyer_id")
    ending = last[(last["valid_to"] >= book.as_of) & (last["valid_to"] <= ahead) & (last["amount"] > 0)]
    start = month_ends(book.as_of - pd.Timedelta(days=1), 1, since=pd.Timestamp.min)[-1]
    before = decided.groupby("buyer_id")["amount"].shift(1).set_axis(decided["buyer_id"])
    before = before[~before.index.duplicated(keep="last")]
    lowered = last[(last["valid_from"] > start) & (last["amount"] < before.reindex(last.index) - CENT)]
    lowered = lowered[owed.reindex(lowered.index) > 0]
    parts = [
        ending.assign(review_reason=LIMIT_ENDS, review_by=ending["valid_to"], insurer_limit=ending["amount"]),
        lowered.assign(review_reason=LOWERED, review_by=lowered["valid_from"], insurer_limit=lowered["amount"]),
    ]
    papers = papers_in_force(book, policy)
    if papers is not None:
        old = papers[papers["valid_to"] <= ahead]
        parts.append(
            old.assign(review_reason=EVIDENCE_ENDS, review_by=old["valid_to"], insurer_limit=old["covered_limit"])
        )
    table = pd.concat([part.drop(columns="open_amount", errors="ignore") for part in parts]).rename_axis("buyer_id")
    table = table.assign(open_amount=owed.reindex(table.index)).reset_index()[list(kinds)].astype(kinds)
    return table.sort_values("review_by", kind="stable", ignore_index=True)


AFTER_CUT = {
    "buyer_id": "str", "kind_of_item": "str", "item_id": "str", "shipped_on": "datetime64[us]",
    **dict.fromkeys(("item_amount", "insured_before", "insured_then", "loses_cover"), "float64"),
}  # fmt: skip
"""Columns of `after_cut_today`."""


def after_cut_today(book: Book, policy: Policy | None, left: float | pd.Series) -> pd.DataFrame:
    """Return what keeps cover and what loses it if the insurer cuts limits today, invoice by invoice, order by order.

    `left`: as `limits.insurer.after_cut`: the part of each named limit that remains (0: all are cancelled), or amounts
    by buyer_id. A row for each open invoice, goods shipped and not invoiced, and open order of a buyer whose limit is
    cut, in the order in which they fill it: `buyer_id`, `kind_of_item` (`INVOICED`, `SHIPPED`, `ORDERED`), `item_id`,
    `shipped_on` (of an order the day on which it is expected, missing: not stated), `item_amount`, gross, and in the
    reporting currency what is insured debt: `insured_before`, `insured_then`, and `loses_cover`, their difference.

    What was shipped keeps the cover that it has: of an invoice by `cover.audit`, of goods that are not invoiced within
    today's limit. Orders are filled by day into what these leave of the limit, before and after. Their insurable share
    is that of the buyer's sales; nothing of them is insured where deliveries are stopped. No row without a policy.
    Source: definitions §5.3.
    """
    if policy is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in AFTER_CUT.items()})
    bears = cover.of_buyers(book, policy)
    named = bears.named.dropna()
    lowered = limits_left(named, left)
    cut = lowered.index[lowered < named]
    audited = cover.audit(book, policy)
    invoices = audited[one_of(audited["buyer_id"], cut)]
    issued = book.invoices["issued"].take(places(invoices.index.to_series(), book.invoices["invoice_id"]))
    owed = pd.DataFrame(
        {
            "buyer_id": invoices["buyer_id"].array, "kind_of_item": INVOICED, "item_id": invoices.index,
            "shipped_on": issued.array, "item_amount": invoices["open_amount"].array,
            "insured_before": invoices["insured_debt"].array, "insured_then": invoices["insured_debt"].array,
        }
    )  # fmt: skip
    coming = _coming(book, bears, cut, lowered)
    table = pd.concat([owed, coming], ignore_index=True).astype(dict.fromkeys(("buyer_id", "item_id"), "str"))
    rank = table["kind_of_item"].map({INVOICED: 0, SHIPPED: 1, ORDERED: 2})
    order = np.lexsort((table["shipped_on"].fillna(pd.Timestamp.max.floor("D")), rank, table["buyer_id"]))
    table = table.assign(loses_cover=table["insured_before"] - table["insured_then"])
    return table.iloc[order].reset_index(drop=True)


def _coming(book: Book, bears: cover.Cover, cut: pd.Index, lowered: pd.Series) -> pd.DataFrame:
    """Return goods that are not invoiced and open orders of some buyers, filled into their limits before and after."""
    orders = book.orders[book.orders["closed"].isna()]
    orders = orders[one_of(orders["buyer_id"], cut)]
    shipped = one_of(orders["kind"], ["shipped"])
    orders = orders[shipped | counted(book, orders)]
    shipped = one_of(orders["kind"], ["shipped"])
    day = orders["date"].where(shipped, orders["expected_on"])
    rows = pd.DataFrame(
        {
            "buyer_id": orders["buyer_id"], "kind_of_item": np.where(shipped, SHIPPED, ORDERED),
            "item_id": orders["order_id"], "shipped_on": day, "item_amount": orders["amount"],
        }
    )  # fmt: skip
    last = rows["shipped_on"].fillna(pd.Timestamp.max.floor("D"))
    rows = rows.iloc[np.lexsort((last, ~shipped, rows["buyer_id"]))]
    buyer = rows["buyer_id"].to_numpy()
    free = bears.insurable.where(~bears.stopped, 0.0).reindex(buyer).to_numpy()
    debt = pd.Series(rows["item_amount"].to_numpy() * free, index=rows.index)
    goods = (rows["kind_of_item"] == SHIPPED).to_numpy()
    filled = bears.insured_debt.reindex(buyer).to_numpy()
    before = _filled_in(debt, buyer, filled, bears.limit.reindex(buyer).to_numpy())
    # What was shipped fills the lower limit as it filled today's, and leaves orders what is then free of it.
    of_goods = before.where(goods, 0.0)
    taken = filled + of_goods.groupby(buyer).transform("sum").to_numpy()
    after = _filled_in(debt.where(~goods, 0.0), buyer, taken, lowered.reindex(buyer).to_numpy())
    return rows.assign(insured_before=before, insured_then=after.where(~goods, before))


def _filled_in(debt: pd.Series, buyer: np.ndarray, filled: np.ndarray, limit: np.ndarray) -> pd.Series:
    """Return the part of each debt within its buyer's limit, of which some is filled, in the order of the rows."""
    so_far = debt.groupby(buyer).cumsum()
    within = [np.clip(limit - filled, 0.0, None).clip(max=sums) for sums in (so_far, so_far - debt)]
    return pd.Series(within[0] - within[1], index=debt.index)
