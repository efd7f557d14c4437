"""Every provision down to its invoices and parameters, for whoever recomputes it with a spreadsheet."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.measure.default_events import loss_given_default
from tradecredit.provision.items import PARTS, segments
from tradecredit.provision.outlook import FORECAST, TODAY, basis_of, outlook
from tradecredit.provision.provision import provision_on
from tradecredit.provision.reimbursement import by_invoice


@once
def invoices(book: Book) -> pd.DataFrame:
    """Return a row for each open invoice with all that its provision is made of; index invoice_id.

    `buyer_id`, `segment`, `bucket`, `part` (`items.PARTS`), `days_past_due` (0 or below: not overdue; missing: dust),
    `open_amount`, `loss_rate`, `outlook_factor`, `provision` = round(open_amount × min(loss_rate × outlook_factor, 1),
    2); and `insured_debt`, `paid_if_lost`, `loss_probability`, `reimbursement` = round(loss_probability × paid_if_lost,
    2), before the terms of the insurer's year (`lapsed` in its place where the claim was not filed in time), and the
    `policy_year` in which it counts. The largest provisions first.
    """
    found = provision_on(book, book.as_of).join(by_invoice(book))
    labels, names = np.array(book.run.provision.labels), np.array(segments(book).categories, dtype="object")
    ids = pd.Index(book.invoices["invoice_id"].take(found.index.to_numpy()).array, name="invoice_id")
    table = pd.DataFrame(
        {
            "buyer_id": book.buyers["buyer_id"].take(found["buyer"].to_numpy()).array,
            "segment": names[found["segment"].to_numpy()],
            "bucket": labels[found["bucket"].to_numpy()],
            "part": np.array(PARTS)[found["part"].to_numpy()],
        }
        | {
            name: found[name].to_numpy()
            for name in (
                "days_past_due", "open_amount", "loss_rate", "outlook_factor", "provision", "insured_debt",
                "paid_if_lost", "loss_probability", "reimbursement", "lapsed", "policy_year",
            )
        },
        index=ids,
    )  # fmt: skip
    return table.sort_values("provision", ascending=False, kind="stable")


@once
def parameters(book: Book) -> pd.DataFrame:
    """Return what the provision rests on beside the invoices: index `setting`, column `setting_value`, as text."""
    settings, policy = book.run.provision, policy_in_force(book)
    ahead, lgd = outlook(book, book.as_of, basis_of(book)), loss_given_default(book)
    first = policy.aggregate_first_loss if policy else None
    values: dict[str, object] = {
        "as of": book.as_of.date(),
        "fingerprint of the book": book.fingerprint[:16],
        "standard": settings.standard,
        "method": settings.method,
        "years of history, at most": settings.years,
        "write-off point, days past due": settings.write_off_days,
        "loss given default": lgd.lgd,
        "loss given default from": lgd.basis,
        "recoveries left by the outlook": ahead.recoveries_left,
        "outlook": ahead.basis,
        "index of insolvencies, years of the rates": ahead.insolvencies.then,
        "index of insolvencies, now": ahead.insolvencies.now,
        "index of insolvencies, ahead": ahead.insolvencies.ahead,
        "elasticity to the index": book.run.default.index_elasticity,
        "insurance": settings.insurance,
        "aggregate first loss": first,
        "seed of the resampling": book.run.simulation.seed,
    }
    text = {name: _written(value) for name, value in values.items()}
    return pd.DataFrame({"setting_value": text}).rename_axis("setting")


def _written(value: object) -> str:
    if value is None or value != value:
        return "none"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


@once
def standards(book: Book) -> pd.DataFrame:
    """Return the provision before insurance by standard: index `standard`; `provision`, `difference` to IFRS 9.

    IFRS 9 and CECL both look ahead; with ASU 2025-05's expedient CECL takes the conditions of the day to last. Only the
    outlook differs here: the same rates, write-off point and recoveries. With stated rates there is no outlook, and
    all three are one. Source: definitions §6.8.
    """
    bases = {"IFRS 9": FORECAST, "CECL": FORECAST, "CECL, ASU 2025-05": TODAY}
    if book.run.provision.method == "stated":
        bases = dict.fromkeys(bases, basis_of(book))
    amounts = {
        name: float(provision_on(book, book.as_of, basis)["provision"].sum(skipna=False))
        for name, basis in bases.items()
    }
    table = pd.DataFrame({"provision": amounts}).rename_axis("standard")
    return table.assign(difference=table["provision"] - table["provision"].iloc[0])
