"""The audit of cover: what becomes of the receivables, against last month, and what was done that costs cover."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, read_on
from tradecredit.book.places import named, one_of, places
from tradecredit.decide.insurer_duties import CLAIM, MISSED, late_insured
from tradecredit.insurance import cover
from tradecredit.insurance.amounts import borne
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import CLASSES
from tradecredit.insurance.split import ROUNDING
from tradecredit.measure.groups import group_of
from tradecredit.measure.history import balances_since
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.open_items import open_items

LATE_REPORT, LATE_FILING, AFTER_STOP, LONG_TERMS, OTHER_ENTITY, WITHOUT_LIMIT, ABOVE_LIMIT = BREACHES = (
    "reported late", "filed late", "shipped after the stop", "terms too long", "another company of the group",
    "no limit", "above the limit",
)  # fmt: skip
"""What costs cover, in the order in which it is looked for: each part of an invoice counts once. The first two breach a
duty to the insurer; the others are sales without cover."""

LOST, IN_DOUBT = "lost", "in doubt"
"""What a breach does: nothing of it is insured; or it is counted as insured, and the insurer may refuse to pay."""

BY_REASON = {
    "shipped_after_stop": AFTER_STOP, "terms_too_long": LONG_TERMS, "no_limit_on_shipment_day": WITHOUT_LIMIT,
    "no_limit_named": WITHOUT_LIMIT, "limit_filled": ABOVE_LIMIT,
}  # fmt: skip
"""The reasons of `cover.audit` that what we did, or left undone, brings about."""


def month_before(book: Book) -> Book | None:
    """Return the book as it was known at the end of the month before; None where balances of then are not known
    (`history.balances_since`)."""
    ends = month_ends(book.as_of - pd.Timedelta(days=1), 1, since=balances_since(book))
    return book.at(ends[-1]) if len(ends) else None


def classes(book: Book, policy: Policy | None, before: Book | None) -> pd.DataFrame:
    """Return the receivables by the six classes of cover, against an earlier month: index `cover`.

    `before`: `month_before` (None: nothing is known of it). Columns of `cover.by_class`, and `open_amount_before`,
    `share_before`, `open_amount_change` and `share_change` (missing without an earlier month).
    """
    return _against(cover.by_class(book, policy), None if before is None else cover.by_class(before, policy))


def reasons(book: Book, policy: Policy | None, before: Book | None) -> pd.DataFrame:
    """Return the receivables by class and the rule that decides, against an earlier month: columns as `classes`.

    A rule that decided on nothing in one of the two months has 0 in that one.
    """
    key = ["cover", "reason"]
    now, then = (
        None if of is None else cover.by_reason(of, policy).set_index(key).sort_index() for of in (book, before)
    )
    return _against(now, then).reset_index()


def _against(now: pd.DataFrame, then: pd.DataFrame | None) -> pd.DataFrame:
    if then is None:
        missing = ("open_amount_before", "share_before", "open_amount_change", "share_change")
        return now.assign(**dict.fromkeys(missing, np.nan))
    both = now.index.union(then.index, sort=False)
    table, then = now.reindex(both, fill_value=0), then.reindex(both, fill_value=0)
    return table.assign(
        open_amount_before=then["open_amount"], share_before=then["share"],
        open_amount_change=table["open_amount"] - then["open_amount"], share_change=table["share"] - then["share"],
    )  # fmt: skip


def invoices(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return the parts of each open invoice behind the classes and reasons, by class, reason and size.

    `cover.parts`, with `issued`, `due` and `days_past_due` of the invoice; `amount` adds up to the receivables.
    """
    found = cover.parts(book, policy)
    items = open_items(book)[["issued", "due", "days_past_due"]]
    items = items.take(places(found["invoice_id"], book.invoices["invoice_id"])).set_axis(found.index)
    place = found["cover"].map({name: at for at, name in enumerate(CLASSES)})
    order = np.lexsort((-found["amount"], found["reason"], place))
    return found.join(items).iloc[order].reset_index(drop=True)


def breaches(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return the invoices that the insurer does not bear, or may refuse, for what was done or left undone.

    Columns, the largest cost first, amounts in the reporting currency: `breach_kind`, one of `BREACHES`; `invoice_id`,
    `buyer_id`, `breach_day`; `cover_effect`, `LOST` or `IN_DOUBT`; `lost_debt` and `breach_cost` = insured percentage ×
    lost debt.

    - `LATE_REPORT` and `LATE_FILING`: insured debt whose day for the report, or for the claim where the policy states
      one, lies before the day on which the report is read (`breach_day`). Whether the insurer was told in time is in no
      table of the book, so that cover is in doubt.
    - `AFTER_STOP`, `LONG_TERMS`: what the policy would insure of what was shipped after the stop, or on longer terms
      than it insures, without that term, less what the invoices of the buyer then fill of its limit that others have
      now, in proportion. `breach_day`: of issue.
    - `OTHER_ENTITY`: of what was shipped to a buyer without a limit, where another company of its group has a limit of
      the insurer's: the limit may be on the wrong one. `WITHOUT_LIMIT`: the rest of that; `ABOVE_LIMIT`: what older
      invoices left no room for. `lost_debt`: what would be insured debt if there were a limit large enough.

    Nothing without a policy. Papers that are missing, and what was shipped to another name than the insured one, are in
    no table of the book. Source: definitions §10.6.
    """
    if policy is None:
        return _listed([])
    late, read = late_insured(book, policy), read_on(book.as_of)
    late = late.assign(invoice_id=book.invoices["invoice_id"].reindex(late.index), lost_debt=late["insured_debt"])
    reported = late[late["duty"] == MISSED].assign(breach_kind=LATE_REPORT).rename(columns={"report_by": "breach_day"})
    filed = late[(late["duty"] == CLAIM) & (late["file_by"] < read)].assign(breach_kind=LATE_FILING)
    doubtful = [reported, filed.rename(columns={"file_by": "breach_day"})]
    without = {AFTER_STOP: "maximum_extension_days", LONG_TERMS: "maximum_terms_days"}
    found = [rows.assign(cover_effect=IN_DOUBT) for rows in doubtful]
    found += [_without(book, policy, kind, term).assign(cover_effect=LOST) for kind, term in without.items()]
    found.append(_beyond_limits(book, policy).assign(cover_effect=LOST))
    table = _listed(found).assign(breach_cost=lambda rows: borne(policy) * rows["lost_debt"])
    return table.sort_values("breach_cost", ascending=False, kind="stable", ignore_index=True)


def _listed(found: list[pd.DataFrame]) -> pd.DataFrame:
    kinds = {"breach_kind": "str", "invoice_id": "str", "buyer_id": "str", "breach_day": "datetime64[us]",
             "cover_effect": "str", "lost_debt": "float64"}  # fmt: skip
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in (kinds | {"breach_cost": "float64"}).items()})
    if not found:
        return empty
    table = pd.concat([empty[list(kinds)], *(rows[list(kinds)] for rows in found)], ignore_index=True).astype(kinds)
    return table[table["lost_debt"] > ROUNDING]


def _without(book: Book, policy: Policy, kind: str, term: str) -> pd.DataFrame:
    """Return what would be insured of the invoices that a term takes cover from, if the policy did not have it."""
    reason = next(reason for reason, of in BY_REASON.items() if of == kind)
    now, then = cover.audit(book, policy), cover.audit(book, policy.model_copy(update={term: None}))
    more = then["insured_debt"] - now["insured_debt"]
    hit = now["reason"] == reason
    own = more.where(hit, 0.0)
    buyer = now["buyer_id"]
    net, gross = (amounts.groupby(buyer).transform("sum") for amounts in (more, own))
    lost = own * (net / gross.where(gross > 0)).fillna(0.0)
    return _of_issue(book, now[hit].assign(breach_kind=kind, lost_debt=lost[hit]))


def _beyond_limits(book: Book, policy: Policy) -> pd.DataFrame:
    """Return what lies above the limits, or was shipped without one: by reason, and by whom else has one."""
    items = cover.audit(book, policy)
    kind = items["reason"].map(BY_REASON)
    other = (kind == WITHOUT_LIMIT) & one_of(items["buyer_id"], _beside_a_limit(book, policy))
    rest = (items["insurable_debt"] - items["insured_debt"] - items["kept_of_claim"]).clip(lower=0.0)
    partly = items["reason"] == "covered_in_part"
    kind = kind.mask(other, OTHER_ENTITY).mask(partly, ABOVE_LIMIT)
    rows = items.assign(breach_kind=kind, lost_debt=rest)[kind.isin([OTHER_ENTITY, WITHOUT_LIMIT, ABOVE_LIMIT])]
    return _of_issue(book, rows)


def _of_issue(book: Book, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows (index invoice_id) with the day of issue as that of the breach."""
    rows = rows.reset_index()
    place = places(rows["invoice_id"], book.invoices["invoice_id"])
    return rows.assign(breach_day=book.invoices["issued"].take(place).array)


def _beside_a_limit(book: Book, policy: Policy) -> list[str]:
    """Return the buyers without a limit of the insurer's in whose group another company has one."""
    group, limits = group_of(book), limits_in_force(book)["insurer"]
    given = pd.concat([limits, pd.Series(policy.limits or {}, dtype="float64")])
    holds = one_of(book.buyers["buyer_id"], given.index[given > 0])
    ever = named(book.limits.loc[book.limits["source"] == "insurer", "buyer_id"], book.buyers["buyer_id"]) | holds
    grouped = group[holds].dropna().unique()
    return group.index[~ever & group.isin(grouped).to_numpy()].tolist()


def by_breach(found: pd.DataFrame) -> pd.DataFrame:
    """Return what breaches cost in all: index `breach_kind`, those of `BREACHES` that occur, in their order.

    `found`: `breaches`. Columns: `cover_effect`, `buyers`, `invoices`, `lost_debt`, `breach_cost`, and `first_breach`,
    the first of their days.
    """
    table = found.groupby("breach_kind").agg(
        cover_effect=("cover_effect", "first"), buyers=("buyer_id", "nunique"), invoices=("invoice_id", "nunique"),
        lost_debt=("lost_debt", "sum"), breach_cost=("breach_cost", "sum"), first_breach=("breach_day", "min"),
    )  # fmt: skip
    return table.reindex(pd.Index([kind for kind in BREACHES if kind in table.index], name="breach_kind"))
