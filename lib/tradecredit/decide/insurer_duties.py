"""What a policy asks of us this month, buyer by buyer: which overdue debt to report, to claim, and where to stop."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.insurance.cover import audit, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.stops import stopped_since
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.default_events import in_default
from tradecredit.measure.open_items import open_items

DUTIES = {
    "report_amount": "float64", "report_by": "datetime64[us]", "claim_amount": "float64", "loss_date": "datetime64[us]",
    "stop_insured": "bool", "stop_since": "datetime64[us]",
}  # fmt: skip


def duties(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return what a policy asks of us of each buyer: index buyer_id (all buyers), amounts of insured debt.

    Of the insured debt of open invoices past due (`cover.audit`), without those on which the insurer has paid:

    - `claim_amount` of invoices that have become a loss: the insolvency, or the end of the waiting period; `loss_date`,
      the first of them (missing: none);
    - `report_amount` of those that have not, and whose extension period has ended or ends within the next
      `decisions.report_ahead_days`; `report_by`, the first of these ends (missing: none); neither for a sum below
      `decisions.report_from`. Whether something has been reported already is in no table of the book;
    - `stop_insured`: what is shipped from now on is not insured, and the buyer is not in default (`Cover.stopped`);
      `stop_since`, the first day of that: the day after the first extension period of an open invoice ended (missing:
      it is insured).

    Nothing without a policy, and of a policy that bears no part of an ordinary loss. Source: definitions §5.1, §5.8.
    """
    buyers = all_buyers(book)
    table = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in DUTIES.items()}, index=buyers[:0])
    table = table.reindex(buyers)
    table = table.assign(report_amount=0.0, claim_amount=0.0, stop_insured=False).astype(DUTIES)
    if policy is None:
        return table
    items = _late_insured(book, policy)
    loss = (items["loss_date"] <= book.as_of).to_numpy()
    ahead = book.as_of + pd.Timedelta(days=book.run.decisions.report_ahead_days)
    reported = ~loss & (items["report_by"] <= ahead).to_numpy()
    for amount, day, chosen in (("claim_amount", "loss_date", loss), ("report_amount", "report_by", reported)):
        of = items[chosen].groupby("buyer_id").agg(**{amount: ("insured_debt", "sum"), day: (day, "min")})
        table[amount] = of[amount].reindex(buyers, fill_value=0.0)
        table[day] = of[day].reindex(buyers)
    enough = table["report_amount"] >= book.run.decisions.report_from
    table = table.assign(
        report_amount=table["report_amount"].where(enough, 0.0), report_by=table["report_by"].where(enough)
    )
    cover = of_buyers(book, policy)
    stopped = cover.stopped & (cover.insurable > 0) & ~one_of(book.buyers["buyer_id"], in_default(book))
    return table.assign(stop_insured=stopped, stop_since=stopped_since(book, policy).where(stopped)).astype(DUTIES)


def _late_insured(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the insured invoices past due on which no claim has been paid, with the days of the policy."""
    owed = open_items(book)
    items = owed[owed["open_amount"] > 0]
    audited = audit(book, policy)
    insured, claimed = audited["insured_debt"].to_numpy(), audited["claimed"].to_numpy()
    late = (items["days_past_due"] > 0).to_numpy() & (insured > 0) & (claimed <= 0)
    items = items[["buyer_id", "issued", "due"]].assign(insured_debt=insured)[late]
    events = book.defaults[book.defaults["kind"] == "insolvency"]
    events = events[one_of(events["buyer_id"], in_default(book))].groupby("buyer_id")["date"].max()
    insolvent = events.reindex(items["buyer_id"]).set_axis(items.index).astype("datetime64[us]")
    return items.join(policy.loss_dates(items["issued"], items["due"], insolvent=insolvent))
