"""Makes lib/tradecredit/default/bundled_model.json: the curves of accounts that the library brings for books with few
defaults.

    python tests/reference/bundled_model.py AMERICAN_BANKRUPTCY_3Y.CSV

Data: Lombardo et al. 2022, Machine Learning for Bankruptcy Prediction in the American Stock Market (Future Internet
14, 244), CC BY 4.0: listed US companies, the last account before a bankruptcy filed in the year after it, or the last
one known. Market values are left out: a trade book's buyers are mostly private. Healthy firms are under-sampled, so
that the model gives an order, not a level.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tradecredit.default import expert_prior
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.panel import CANDIDATES
from tradecredit.measure.ratios import of_statements
from tradecredit.numerics import discrimination

ITEMS = {
    "total_revenue": "revenue", "total_receivables": "trade_receivables", "inventory": "inventories",
    "total_current_liabilities": "current_liabilities",
}  # fmt: skip


def last_accounts(file: str | Path) -> pd.DataFrame:
    """Return the last account of each firm by our names, with `failed`, `split` and `firm_id`."""
    table = pd.read_csv(file).rename(columns=ITEMS)
    last = table.sort_values(["firm_id", "fiscal_year"]).drop_duplicates("firm_id", keep="last").reset_index(drop=True)
    absent = dict.fromkeys(("cash", "interest_expense"), np.nan)
    return last.assign(equity=last["total_assets"] - last["total_liabilities"], **absent)


def fitted(firms: pd.DataFrame) -> DefaultModel:
    """Return the model of some firms."""
    X = of_statements(firms)[list(expert_prior.RATIOS)].astype("float64")
    return DefaultModel.fit(
        X, firms["failed"], signs={name: CANDIDATES[name].sign for name in expert_prior.RATIOS}, pairs=()
    )


def main(file: str) -> None:
    firms = last_accounts(file)
    train, later = firms[firms["split"] == "train"], firms[firms["split"] == "validation"]
    probability = fitted(train).predict(of_statements(later))["pd"]
    area, slope = (of(probability, later["failed"]) for of in (discrimination.auc, discrimination.calibration_slope))
    print(
        f"fitted on train, later years: AUC {area.value:.3f} (s.e. {area.standard_error:.3f}), slope {slope.value:.2f}"
    )
    model = fitted(firms)
    print(model.table.round(3).to_string(), model.dropped, sep="\n")
    expert_prior.FILE.write_text(model.to_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
