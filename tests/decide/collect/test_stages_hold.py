"""What must hold of stages and letters in any ledger."""

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradecredit.decide.collect import stages
from tradecredit.decide.collect.decided import COLUMNS
from tradecredit.decide.collect.held_out import HELD

AS_OF = pd.Timestamp("2026-10-30")
NAMES = ("friendly reminder", "second reminder", "formal warning")


def ledger(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return invoices of a few buyers, with payments, disputes, promises and letters at random."""
    count = int(rng.integers(1, 40))
    late = rng.integers(-20, 120, count)
    due = AS_OF - pd.to_timedelta(late, unit="D")
    invoice_id = [f"I{number}" for number in range(count)]
    buyer_id = rng.choice(list("ABCDE"), count)
    amount = rng.integers(1, 200_000, count) / 100
    invoices = pd.DataFrame(
        {"invoice_id": invoice_id, "buyer_id": buyer_id, "issued": due - pd.Timedelta(days=30), "due": due,
         "amount": amount}
    )  # fmt: skip
    some = {name: np.flatnonzero(rng.random(count) < share) for name, share in
            (("paid", 0.3), ("disputed", 0.2), ("promised", 0.3), ("first", 0.6))}  # fmt: skip
    of = {name: {"invoice_id": [invoice_id[row] for row in rows]} for name, rows in some.items()}
    paid = pd.DataFrame(
        {**of["paid"], "received": AS_OF, "amount": (amount * rng.random(count)).round(2)[some["paid"]]}
    )
    free = pd.DataFrame({"invoice_id": None, "received": AS_OF, "amount": [50.0], "buyer_id": buyer_id[0]})
    disputed = {**of["disputed"], "opened": AS_OF, "amount": rng.integers(1, 900, len(some["disputed"]))}
    promised = {
        "buyer_id": buyer_id[some["promised"]], **of["promised"], "made": AS_OF - pd.Timedelta(days=3),
        "date": AS_OF + pd.to_timedelta(rng.integers(-3, 9, len(some["promised"])), unit="D"),
        "amount": rng.integers(1, 900, len(some["promised"])),
        "kind": rng.choice(["payment", "instalment"], len(some["promised"])),
    }  # fmt: skip
    letters = pd.concat(
        pd.DataFrame({**of["first"], "stage": name, "sent": AS_OF - pd.Timedelta(days=int(days))}).iloc[::step]
        for name, days, step in zip(NAMES, rng.integers(0, 40, 3), (1, 2, 4), strict=True)
    )
    return {
        "invoices": invoices, "receipts": pd.concat([paid, free], ignore_index=True).assign(kind="payment"),
        "disputes": pd.DataFrame(disputed), "promises": pd.DataFrame(promised), "reminders": letters,
    }  # fmt: skip


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_amounts_add_up_no_letter_comes_twice_and_no_decision_is_gone_against(book_of, seed):
    rng = np.random.default_rng(seed)
    tables = ledger(rng)
    book = book_of(str(AS_OF.date()), **tables)
    kinds = rng.choice(["enforce", "payment plan", "collect", "in default", None], 3)
    decided = pd.DataFrame(
        {"decided": kinds, "supplies_stopped": rng.random(3) < 0.5}, index=pd.Index(list("ABC"), name="buyer_id")
    )
    rows = stages.of_invoices(book)
    asked = decided.reindex(columns=list(COLUMNS)).assign(supplies_stopped=decided["supplies_stopped"])
    buyers = stages.of_buyers(book, asked.astype(COLUMNS))
    for table, whole in ((rows, "open_amount"), (buyers, "overdue_amount")):
        parts = table[[*HELD, "to_collect"]]
        assert (parts > -1e-9).all(axis=None)
        np.testing.assert_allclose(parts.sum(axis="columns"), table[whole], atol=0.0051)
    # Nothing that was sent is sent again, and a stage only after the one before.
    due = rows[rows["stage"] >= 0]
    assert (due["stage"] == due["level"] + 1).all()
    assert (due["to_collect"] > 0).all()
    letters = stages.letters(book, buyers)
    sums = letters.groupby("buyer_id")["to_collect"].sum()
    written = buyers[buyers["letter"].notna()]
    assert set(sums.index) == set(written.index)
    np.testing.assert_allclose(sums.reindex(written.index), written["to_collect"])
    assert (written["to_collect"] >= book.run.collections.least_amount).all()
    assert set(written["act"]) <= {"remind"}
    # What is decided is done, and no letter beside it.
    known = decided["decided"][decided.index.isin(book.buyers["buyer_id"])]
    for buyer, kind in known.dropna().items():
        if kind != "collect":
            assert buyers.loc[buyer, "act"] == kind
    stopped = decided.index[decided["supplies_stopped"]].intersection(buyers.index)
    assert buyers["supplies_stopped"].equals(pd.Series(buyers.index.isin(stopped), buyers.index))
    owing = stopped[(buyers.loc[stopped, "to_collect"] > 0) & buyers.loc[stopped, "act"].isin(["wait", "collect"])]
    assert (buyers.loc[owing, "stage"] == "stop of supplies").all()
