"""The provision of a year ago, as known then, against what was lost of those very balances since."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.book.once import once
from tradecredit.provision.flows import flows, looked_at, losses_by, others_by, recovered_since
from tradecredit.provision.items import FAILED, MATRIX
from tradecredit.provision.loss_rates import DRAWS, HORIZON, INTERVAL, lgd_on, lost_later
from tradecredit.provision.provision import TOTAL, provision_on

COLUMNS = ("gross_then", "provision_then", "failed_since", "written_off_since", "lost_since", "lost_low", "lost_high")


def day_then(book: Book) -> pd.Timestamp:
    """Return the day whose provision is looked at: the last month end of the history at least `HORIZON` months ago.

    Not a time where there is none.
    """
    months = looked_at(book)
    return months[months + pd.DateOffset(months=HORIZON) <= book.as_of].max()


@once
def by_bucket_then(book: Book) -> pd.DataFrame:
    """Return, by the bucket of 12 months ago (`day_then`), what was provided then, and lost of those balances since.

    Index `bucket`, and `TOTAL`. Of what the matrix was for on that day, as known then:

    - `gross_then`, `provision_then` (before insurance);
    - `failed_since`: what buyers that failed since owed of it when they failed; `written_off_since`: what was written
      off or claimed of others, or passed the write-off point, net of what came in later;
    - `lost_since` = failed_since × loss given default, as known on the book's day, + written_off_since; `lost_low` to
      `lost_high`: 90 % of what such balances lose, by drawing their buyers anew (a common bad year is not in it).

    Empty where the history does not reach back so far, or no rate was known then. Source: definitions §6.6.
    """
    start = day_then(book)
    if pd.isna(start) or not len(flows(book)):
        return pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], name="bucket"), dtype="float64")
    then = provision_on(book, start)
    then = then[then["part"] == MATRIX]
    if then["provision"].isna().any():
        return pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], name="bucket"), dtype="float64")
    labels = book.run.provision.labels
    lost, lgd = _losses(book, start), lgd_on(book, book.as_of)
    table = then.groupby("bucket").agg(gross_then=("open_amount", "sum"), provision_then=("provision", "sum"))
    since = lost.groupby("bucket")[["failed", "lost"]].sum()
    table = table.join(since.set_axis(["failed_since", "written_off_since"], axis="columns"))
    table = table.reindex(range(len(labels))).fillna(0.0).set_axis(pd.Index(labels, name="bucket"))
    table.loc[TOTAL] = table.sum()
    table = table.assign(lost_since=table["failed_since"] * lgd + table["written_off_since"])
    return table.join(_interval(book, then, lost.assign(loss=lost["failed"] * lgd + lost["lost"])))


def lost_by_age_alone(book: Book) -> bool:
    """Return whether all that counts as lost since `day_then` only passed the write-off point, unpaid.

    Then no buyer failed that owed of those balances, and nothing of what counts was written off or claimed: what is
    lost is what the method itself says is lost. False where nothing was lost.
    """
    start = day_then(book)
    if pd.isna(start) or not len(flows(book)):
        return False
    lost = _losses(book, start)
    booked = losses_by(book, start + pd.DateOffset(months=HORIZON)) - losses_by(book, start)
    return bool(lost["lost"].sum() > 0) and not lost["failed"].any() and not booked[lost["row"].to_numpy(int)].any()


def _losses(book: Book, start: pd.Timestamp) -> pd.DataFrame:
    """Return what the balances of a month end lost within `HORIZON` months: rows of `lost_later`, net of recoveries."""
    found = flows(book)
    lost = found["lost"].to_numpy().astype("float64")
    hit = np.flatnonzero(lost > 0)
    lost[hit] -= recovered_since(book, found.iloc[hit], book.as_of)
    found = found.assign(lost=lost)
    return lost_later(found[found["start"] == start], found)


def _interval(book: Book, then: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Return `lost_low` and `lost_high` by bucket and in all, from draws of the buyers that owed something then."""
    labels = book.run.provision.labels
    buyers, place = np.unique(then["buyer"].to_numpy(), return_inverse=True)
    losses = np.zeros((len(buyers), len(labels)))
    np.add.at(losses, (np.searchsorted(buyers, lost["buyer"]), lost["bucket"].to_numpy(int)), lost["loss"].to_numpy())
    owed = np.zeros_like(losses)
    np.add.at(owed, (place, then["bucket"].to_numpy(int)), then["open_amount"].to_numpy())
    names = pd.Index([*labels, TOTAL], name="bucket")
    if not len(buyers):
        return pd.DataFrame(0.0, index=names, columns=["lost_low", "lost_high"])
    seed = np.random.Philox(book.run.simulation.seed)
    drawn = np.random.Generator(seed).multinomial(len(buyers), np.full(len(buyers), 1 / len(buyers)), DRAWS)
    with np.errstate(invalid="ignore"):
        # A draw that holds more of a large buyer owes more: what is drawn is the part that is lost.
        part, whole = drawn @ losses, drawn @ owed
        sums = np.where(whole > 0, part / whole, 0.0) * owed.sum(axis=0)
        total = part.sum(axis=1) / whole.sum(axis=1) * owed.sum()
    bounds = np.quantile(np.column_stack([sums, total]), INTERVAL, axis=0)
    return pd.DataFrame(bounds.T, index=names, columns=["lost_low", "lost_high"])


@remembered
def by_month_then(book: Book) -> pd.DataFrame:
    """Return, of every past month end, what was provided for the matrix and what was lost of it within 12 months.

    Index `month_end`, those at least 12 months before the book's day of which a rate was known. Columns: `gross_then`,
    `provision_then`, `lost_since` (as of `by_bucket_then`, within 12 months), and `provided_to_lost`, the first by the
    last. Years that overlap tell much of the same.
    """
    lgd, rows = lgd_on(book, book.as_of) if len(flows(book)) else np.nan, {}
    for day in looked_at(book):
        if day + pd.DateOffset(months=HORIZON) > book.as_of:
            break
        then = provision_on(book, day)
        then = then[then["part"] == MATRIX]
        if then.empty or then["provision"].isna().any():
            continue
        lost = _losses(book, day)
        rows[day] = {
            "gross_then": then["open_amount"].sum(),
            "provision_then": then["provision"].sum(),
            "lost_since": float((lost["failed"] * lgd + lost["lost"]).sum()),
        }
    columns = ["gross_then", "provision_then", "lost_since"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("month_end")
    return table.assign(provided_to_lost=table["provision_then"] / table["lost_since"].where(table["lost_since"] > 0))


@remembered
def failed_by_month_then(book: Book) -> pd.DataFrame:
    """Return, of every past month end, what was provided for buyers in default then, and not received within 12 months.

    Index `month_end`, those at least 12 months before the book's day on which a buyer in default owed something.
    Columns: `gross_then`, at the rates of the days of issue; `provision_then`, as known then; `came_in_since` within
    12 months, payments, recoveries and credits, at most what was owed; `not_received` = gross_then − came_in_since, and
    `provided_to_lost` = provision_then / not_received. Source: definitions §6.6.
    """
    rows = {}
    for day in looked_at(book):
        end = day + pd.DateOffset(months=HORIZON)
        if end > book.as_of:
            break
        then = provision_on(book, day)
        then = then[then["part"] == FAILED]
        if then.empty:
            continue
        place, owed = then.index.to_numpy(), then["at_issue"].to_numpy()
        came = np.clip((others_by(book, end) - others_by(book, day))[place], 0.0, owed)
        rows[day] = (owed.sum(), then["provision"].sum(), came.sum(), (owed - came).sum())
    columns = ["gross_then", "provision_then", "came_in_since", "not_received"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype="float64").rename_axis("month_end")
    return table.assign(
        provided_to_lost=table["provision_then"] / table["not_received"].where(table["not_received"] > 0)
    )
