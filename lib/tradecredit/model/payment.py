"""When an invoice will be paid: late or not, and how many days, from what is known on its day of issue."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.measure.payment_history import at_issue
from tradecredit.model.default_model import DefaultModel

LATENESS = {
    "settled_before": 0, "days_to_settle_mean": 1, "days_to_settle_recent": 1, "share_late": 1, "open_before": 0,
    "oldest_open_days": 0, "overdue_before": 0, "amount": 0,
}  # fmt: skip
"""What the chance of a late payment hangs on, with the sign: the slower a buyer has paid, the later it will. Of seven
sets the best at three dates within the IBM sample's fitting period, each fitted before and measured after."""

SLOWNESS = ["days_to_settle_median", "days_to_settle_mean", "share_late", "days_late_mean"]
"""What the median of the days to settle is regressed on. Of four sets the best on the first half of the IBM sample's
fitting period, measured on the second."""


class PaymentModel(NamedTuple):
    """`late`: curves of `LATENESS` for the chance of a payment after the due date; `days`: coefficients
    of the median of days to settle, with `usual`, the values that stand for missing ones."""

    late: DefaultModel
    days: pd.Series
    usual: pd.Series


def fit(items: pd.DataFrame) -> PaymentModel:
    """Fit to the settled invoices of `items` (columns as `payment_history.at_issue`).

    Late or not: `DefaultModel.fit`, the rows of a buyer standing together. Days: the median of the days from issue to
    settlement by quantile regression (statsmodels; Koenker and Bassett 1978, Econometrica 46): early payments tell of
    a buyer's pace, which the days late, cut off at 0, would hide. Raises `InputError` as `DefaultModel.fit`.
    """
    import statsmodels.api as sm

    settled = items[items["settled"].notna()]
    history = at_issue(items).loc[settled.index]
    late = (settled["settled"] > settled["due"]).astype(int)
    signs = {name: sign for name, sign in LATENESS.items() if sign}
    model = DefaultModel.fit(history[list(LATENESS)], late, signs=signs, groups=settled["buyer_id"])
    usual = history[SLOWNESS].median()
    days = (settled["settled"] - settled["issued"]).dt.days.astype("float64")
    slowness = sm.add_constant(history[SLOWNESS].fillna(usual), has_constant="add")
    return PaymentModel(model, sm.QuantReg(days, slowness).fit(q=0.5, max_iter=5_000).params, usual)


def expected(model: PaymentModel, items: pd.DataFrame) -> pd.DataFrame:
    """Return, for each invoice: `late`, the probability of a payment after the due date, and `days_late`, the median.

    `days_late` = max(median of days to settle − days from issue to due, 0). Of a buyer without a settled invoice the
    history is that of the usual one. Only what was known on the day of issue enters.
    """
    history = at_issue(items)
    terms = (items["due"] - items["issued"]).dt.days
    settle = model.days["const"] + history[SLOWNESS].fillna(model.usual) @ model.days[SLOWNESS]
    late = model.late.predict(history)["pd"]
    return pd.DataFrame({"late": late, "days_late": np.maximum(settle - terms, 0.0)}, index=items.index)
