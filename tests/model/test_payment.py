"""Late or not, and how late: on a ledger whose truth is known, and on invoices of another company."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradecredit.model import payment, validate

IBM = Path(__file__).parents[3] / "shared" / "data" / "ibm_accounts_receivable.csv"


def ledger(buyers: int = 60, invoices: int = 30, seed: int = 1) -> pd.DataFrame:
    """Each buyer settles after its own mean of 15 to 60 days, ± 4; terms are 30 days."""
    random = np.random.default_rng(seed)
    pace = np.repeat(random.uniform(15, 60, buyers), invoices)
    issued = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.tile(np.arange(invoices) * 14, buyers), unit="D")
    table = pd.DataFrame({"buyer_id": np.repeat(np.arange(buyers), invoices).astype(str), "issued": issued})
    table["pace"] = pace
    settled = table["issued"] + pd.to_timedelta((pace + random.normal(0, 4, len(pace))).round(), unit="D")
    return table.assign(due=table["issued"] + pd.Timedelta(days=30), settled=settled, amount=100.0)


def test_slow_payers_are_found_and_so_is_their_pace():
    items = ledger()
    known = items["settled"] < "2025-09-01"
    model = payment.fit(items[known])
    later = items["issued"] >= "2025-09-01"
    found = payment.expected(model, items)[later]
    late = items["settled"] > items["due"]
    assert validate.auc(found["late"], late[later].astype(int)).value > 0.97
    assert (found["days_late"] - (items.loc[later, "pace"] - 30).clip(lower=0)).abs().mean() < 2
    assert found["late"].between(0, 1).all()
    assert (found["days_late"] >= 0).all()


def test_a_new_buyer_is_the_usual_one():
    items = ledger()
    model = payment.fit(items)
    new = items.head(1).assign(buyer_id="new", settled=pd.NaT)
    found = payment.expected(model, new).iloc[0]
    settle = model.days["const"] + (model.usual * model.days[payment.SLOWNESS]).sum()
    assert found["days_late"] == pytest.approx(max(settle - 30, 0))


@pytest.mark.skipif(not IBM.exists(), reason="the IBM sample is not beside the project")
def test_invoices_of_another_company():
    # Fitted on what was settled before March 2013, measured on the 978 invoices issued from then on.
    names = {"customerID": "buyer_id", "InvoiceDate": "issued", "DueDate": "due", "SettledDate": "settled",
             "InvoiceAmount": "amount"}  # fmt: skip
    table = pd.read_csv(IBM).rename(columns=names)
    items = table.assign(
        **{name: pd.to_datetime(table[name], format="%m/%d/%Y") for name in ("issued", "due", "settled")}
    )
    day = pd.Timestamp("2013-03-01")
    model = payment.fit(items[items["settled"] < day])
    later = items["issued"] >= day
    assert later.sum() == 978
    found = payment.expected(model, items)[later]
    outcome = (table.loc[later, "DaysLate"] > 0).astype(int)
    assert validate.auc(found["late"], outcome).value >= 0.880
    assert (found["days_late"] - table.loc[later, "DaysLate"]).abs().mean() <= 2.48
