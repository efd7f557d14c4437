"""What is decided on the buyers of the watchlist, by whom and by when, and whether their cover is in doubt."""

import pandas as pd

from tradecredit.decide.collect.audit import IN_DOUBT


def with_decisions(listed: pd.DataFrame, records: pd.DataFrame, breaches: pd.DataFrame) -> pd.DataFrame:
    """Return the watchlist with what chapter 03 decides on its buyers: index buyer_id, as `listed`.

    `listed`: `watchlist.watchlist`; `records`: `standing.Standing.records`; `breaches`: `audit.breaches`. Beside its
    own columns:

    - `doing`: the kinds of decision on the buyer in the order in which they are to be taken, "; " between ("" where
      there is none), with who takes each, `each_authority`, and by when, `each_due` (days, YYYY-MM-DD); `authority`,
      who takes the first of them (missing: none), and `due_day`, the earliest day by which one is due;
    - `in_doubt`: insured debt of which a report or a claim is late, so that the insurer may refuse it, in the reporting
      currency.
    """
    asked = records[records["buyer_id"].isin(listed.index)]
    each = asked.groupby("buyer_id", sort=False).agg(
        doing=("decision", "; ".join), each_authority=("authority", "; ".join),
        each_due=("due_day", lambda days: "; ".join(days.dt.strftime("%Y-%m-%d"))), authority=("authority", "first"),
        due_day=("due_day", "min"),
    )  # fmt: skip
    doubtful = breaches[breaches["cover_effect"] == IN_DOUBT].groupby("buyer_id")["lost_debt"].sum()
    each = each.reindex(listed.index)
    return listed.assign(
        doing=each["doing"].fillna(""), each_authority=each["each_authority"].fillna(""),
        each_due=each["each_due"].fillna(""), authority=each["authority"], due_day=each["due_day"],
        in_doubt=doubtful.reindex(listed.index).fillna(0.0),
    )  # fmt: skip
