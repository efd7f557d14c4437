"""What the account would be if sales that only cover allows counted no further than a policy pays for their losses."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.decide.policies.account import Account
from tradecredit.insurance.policy import Policy


def by_paid_share(found: Account, comparison: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return what each policy would be worth if the sales that only cover allows counted by the share that it pays.

    `comparison`: `quotes.comparison`. Limits count the insured percentage, the first loss or not. Index `policy`, in
    the reporting currency:

    - `year_claims`: the expected claims of a year after threshold, percentage and deductible = expected_indemnity + the
      first loss that is used, of a top-up its primary's too; `paid_share` = expected_indemnity / year_claims (missing
      without claims);
    - `cover_value`, and `value_by_paid_share` = the value without the sales + paid_share × what they add to it; missing
      where the sales do not count.

    Source: definitions §8.5.
    """
    first_loss = pd.Series({policy.name: policy.aggregate_first_loss or 0.0 for policy in policies}, dtype="float64")
    used = comparison["first_loss_used"].reindex(first_loss.index).fillna(0.0) * first_loss
    kept = pd.Series({policy.name: used.reindex(list(policy.programme)).sum() for policy in policies}, dtype="float64")
    paid, index = comparison["expected_indemnity"].reindex(found.items.index), found.items.index
    claims = paid + kept.reindex(index)
    share = paid / claims.where(claims > 0)
    value, without = found.items["cover_value"], found.without["account_sales"]
    table = {
        "year_claims": claims,
        "paid_share": share,
        "cover_value": value,
        "value_by_paid_share": without + share * (value - without),
    }
    return pd.DataFrame(table, index=index, dtype="float64")
