"""What of each invoice is held out of collection: in dispute, paid on account, planned in instalments, or promised."""

import numpy as np

from tradecredit.book.book import Book
from tradecredit.book.places import named, one_of
from tradecredit.measure.closing_rates import closing_rates
from tradecredit.measure.default_events import in_default
from tradecredit.measure.open_items import open_amounts
from tradecredit.measure.promises import outcomes
from tradecredit.measure.set_off import by_place, contested, oldest_first, set_off

HELD = ("disputed", "set_off", "planned", "promised")
"""Parts of a debt that are held out of collection, in the order in which they are taken of it."""


def held_out(book: Book, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return of invoices past due, those in some rows, what is `HELD` out of each; together at most what is open of it.

    Of a dispute the disputed part alone; set off is what the buyer has on account (`set_off.set_off`); of a plan
    that runs all instalments that are to come, and of an open promise what is still to come (`promises.outcomes`), at
    the closing rate; what a buyer in default has promised is worth nothing. What is on account, or promised so, is
    taken of the buyer's oldest invoices past due. Amounts in the reporting currency. Source: definitions §10.1, §10.2.
    """
    count, owed = len(book.invoices), open_amounts(book)
    disputed = contested(book)[rows]
    left, found = owed[rows] - disputed, {"disputed": disputed}
    buyer, due = book.buyer_of_invoice[rows], book.invoices["due"].to_numpy()[rows]
    found["set_off"] = set_off(book)[rows]
    left = left - found["set_off"]
    promised, failed = outcomes(book), named(in_default(book).to_series(), book.buyers["buyer_id"])
    plan = one_of(book.promises["kind"], ["instalment"])
    promised = promised.assign(held=promised["held"].mask(failed[promised["buyer"]], 0.0))
    for name, of in (("planned", plan), ("promised", ~plan)):
        of_kind = promised[of & (promised["held"] > 0)]
        held = np.zeros(len(rows))
        if len(of_kind):
            on_invoices = by_place(of_kind["invoice"].to_numpy(), of_kind["held"].to_numpy(), count)
            held = np.minimum(closing_rates(book).on(on_invoices, book.as_of)[rows], left)
            free = of_kind[of_kind["invoice"] < 0]
            at_all = by_place(free["buyer"].to_numpy(), free["held"].to_numpy(), len(book.buyers))
            held += oldest_first(at_all, buyer, due, left - held)
        left = left - held
        found[name] = held
    return found
