"""The limit that the insurer has named of a buyer, on a day."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of, places
from tradecredit.insurance.policy import NOT_INSURABLE
from tradecredit.insurance.stops import Shipments, days
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.numerics.grouping import grouped
from tradecredit.numerics.kernels import kernel


@once
def named_limits(book: Book) -> pd.DataFrame:
    """Return the insurer's limit of each buyer on the as-of date, for what is shipped from now on. Index buyer_id.

    - `insured_limit`: the insurer's limit in force, the newest of several; missing where it has never named one, so
      that a discretionary limit may apply; 0 where it was refused or is over (definitions §5.3: the discretionary limit
      is then gone too), and for buyers that cannot be insured by their kind;
    - `refused`: the decision in force is a limit of 0, on a buyer that can be insured.
    """
    buyers = book.buyers.set_index("buyer_id")
    given = book.limits.loc[book.limits["source"] == "insurer", "buyer_id"]
    limit = limits_in_force(book)["insurer"].reindex(buyers.index)
    over = limit.isna() & named(given, book.buyers["buyer_id"])
    barred = buyers["kind"].isin(NOT_INSURABLE)
    return pd.DataFrame({"insured_limit": limit.mask(over | barred, 0.0), "refused": (limit == 0) & ~barred})


def named_on_shipment(book: Book, shipped: Shipments) -> np.ndarray:
    """Return the limit that the insurer had named of the buyer on the day of issue of each of some invoices.

    In force on a day is the decision of the latest `valid_from` that has not ended by then; one whose first day is an
    earlier one than that of the decision covers what was shipped since. 0 where decisions were there and none is in
    force any more; missing where the insurer had named none by that day.
    """
    decisions = book.limits[one_of(book.limits["source"], ["insurer"])]
    buyer = places(decisions["buyer_id"], book.buyers["buyer_id"])
    begins = days(decisions["valid_from"].to_numpy())
    ends, amount = days(decisions["valid_to"].to_numpy()), decisions["amount"].to_numpy(dtype="float64")
    made = grouped(buyer, begins, len(book.buyers))
    return _in_force(shipped.order, made, ends, amount)


@kernel
def _in_force(shipped, made, ends, amount):
    found = np.full(len(shipped.rows), np.nan)
    for buyer in range(len(shipped.first) - 1):
        first, last = made.first[buyer], made.first[buyer + 1]
        if first == last:
            continue
        known = first
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            row, day = shipped.rows[place], shipped.day[place]
            while known < last and made.day[known] <= day:
                known += 1
            # The latest that has not ended; where all have, the limit is over.
            for decision in range(known - 1, first - 1, -1):
                if ends[made.rows[decision]] >= day:
                    found[row] = amount[made.rows[decision]]
                    break
            else:
                if known > first:
                    found[row] = 0.0
    return found
