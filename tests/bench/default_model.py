"""How well and how fast default probabilities are fitted, beside a gradient-boosted machine where it is installed.

    python tests/bench/default_model.py [speed american demo] [--data FOLDER]

`speed`: 20,000 rows × 20 ratios, as a ratio to LightGBM's defaults in the same run (`pip install lightgbm`, a test
extra). `american`: fitted on `train`, measured on `validation` (Lombardo et al. 2022), with and without market values.
`demo`: ten demo books whose true probabilities are known, fitted on what was known a year before the as-of date.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import expit, logit

from tradecredit import Book, Run
from tradecredit.book.demo import demo_book
from tradecredit.model import default, validate
from tradecredit.model.default_model import DefaultModel

try:
    import lightgbm
except ImportError:
    lightgbm = None

SIGNS = {
    "liabilities": 1, "current_liabilities": 1, "working_capital": -1, "retained_earnings": -1, "ebit": -1,
    "ebitda": -1, "net_income": -1, "net_margin": -1, "current_ratio": -1, "quick_ratio": -1, "quick_assets": -1,
    "long_term_debt": 1,
    "cash_flow": -1, "interest_and_tax": 1, "market_value": -1, "market_to_liabilities": -1,
}  # fmt: skip
CHANGES = ("liabilities", "working_capital", "ebit", "net_income", "retained_earnings")


def american(folder: Path) -> None:
    """Print AUC and calibration slope on firms of later years."""
    table = pd.read_csv(folder / "american_bankruptcy_3y.csv").sort_values(
        ["firm_id", "fiscal_year"], ignore_index=True
    )
    last = ~table.duplicated("firm_id", keep="last")
    train, later = last & table["split"].eq("train"), last & table["split"].eq("validation")
    y = table["failed"]
    for market in (True, False):
        X = ratios(table, market=market)
        signs = {name: sign for name, sign in all_signs().items() if name in X}
        model = DefaultModel.fit(X[train], y[train], signs=signs, groups=table["firm_id"][train])
        told = {"curves": model.predict(X[later])["pd"]}
        if lightgbm:
            trees = lightgbm.LGBMClassifier(n_estimators=300, learning_rate=0.03, num_leaves=15, verbose=-1)
            trees.fit(X[train], y[train])
            told["LightGBM"] = pd.Series(trees.predict_proba(X[later])[:, 1], index=X.index[later])
        for name, p in told.items():
            area, slope = validate.auc(p, y[later]), validate.calibration_slope(p, y[later])
            figures = f"AUC {area.value:.3f} (s.e. {area.standard_error:.3f}), slope {slope.value:.2f}"
            told_of = f"{'with' if market else 'without'} market value, {X.shape[1]} inputs"
            print(f"american, {told_of}, {name}: {figures} (s.e. {slope.standard_error:.2f})")


def ratios(table: pd.DataFrame, *, market: bool) -> pd.DataFrame:
    """Return ratios of the accounts and their changes over one and two years."""
    assets, revenue, debt = table["total_assets"], table["total_revenue"], table["total_current_liabilities"]
    liquid = table["current_assets"] - table["inventory"]
    over_assets = {
        "liabilities": "total_liabilities", "current_liabilities": "total_current_liabilities",
        "retained_earnings": "retained_earnings", "ebit": "ebit", "ebitda": "ebitda", "net_income": "net_income",
        "turnover": "total_revenue", "receivables": "total_receivables", "inventories": "inventory",
        "long_term_debt": "total_long_term_debt", "depreciation": "depreciation_and_amortization",
    }  # fmt: skip
    found = pd.DataFrame({name: table[item] / assets for name, item in over_assets.items()}).assign(
        working_capital=(table["current_assets"] - debt) / assets,
        interest_and_tax=(table["ebit"] - table["net_income"]) / assets,
        quick_assets=(liquid - table["total_receivables"]) / assets,
        net_margin=table["net_income"] / revenue.where(revenue > 0),
        gross_margin=table["gross_profit"] / revenue.where(revenue > 0),
        operating_costs=table["total_operating_expenses"] / revenue.where(revenue > 0),
        current_ratio=table["current_assets"] / debt.where(debt > 0),
        quick_ratio=liquid / debt.where(debt > 0),
        cash_flow=table["ebitda"] / table["total_liabilities"].where(table["total_liabilities"] > 0),
        log_assets=np.log(assets),
        log_revenue=np.log(revenue.where(revenue > 0)),
    )
    if market:
        found["market_value"] = np.log(table["market_value"])
        found["market_to_liabilities"] = np.log(table["market_value"] / table["total_liabilities"])
    for name in [*CHANGES, "log_assets", "log_revenue", *["market_value"] * market]:
        for years in (1, 2):
            found[f"{name}_change_{years}"] = found[name] - found[name].groupby(table["firm_id"]).shift(years)
    return found


def all_signs() -> dict[str, int]:
    changes = {f"{name}_change_{years}": SIGNS[name] for name in (*CHANGES, "market_value") for years in (1, 2)}
    return SIGNS | changes


def speed() -> None:
    """Print the seconds of a fit, and how many times LightGBM's they are."""
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(20_000, 20))).rename(columns="ratio_{}".format)
    y = pd.Series((random.random(20_000) < expit(0.6 * X.iloc[:, :6].sum(axis=1) - 4)).astype(int))
    firms = pd.Series(np.arange(20_000) // 4)
    own = best(lambda: DefaultModel.fit(X, y, signs={f"ratio_{n}": 1 for n in range(6)}, groups=firms))
    print(f"speed: {own:.2f} s, {int(y.sum())} defaults")
    if lightgbm:
        trees = best(lambda: lightgbm.LGBMClassifier(verbose=-1).fit(X, y))
        print(f"speed: LightGBM's defaults {trees:.2f} s; ratio {own / trees:.2f}")


def best(work) -> float:
    """Return the least seconds of five runs after one that compiles."""
    work()
    return min(timed(work) for _ in range(5))


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def demo(seeds: Sequence[int] = range(1, 11)) -> None:
    """Print, for each seed, the rank correlation with the truth and the slope of the truth on the log-odds told."""
    rows = []
    usual = Run.from_yaml(Path(__file__).parents[2] / "params" / "demo.yaml", as_of="2026-10-31")
    for seed in seeds:
        run = usual.model_copy(update={"source": usual.source.model_copy(update={"seed": seed})})
        book, source = Book.open(run), run.source
        truth = demo_book(buyers=source.buyers, invoices=source.invoices, seed=seed, until=source.until).truth
        truth = truth[truth["date"] == book.as_of].set_index("buyer_id")["pd"]
        found = default.assess(book)
        private = book.buyers.loc[book.buyers["kind"] == "private", "buyer_id"]
        sure = ~found["method"].isin(["in default", "fitted model: behaviour not known"])
        sure &= ~found["method"].str.contains("nothing known")
        rated = found.index[sure].intersection(private).intersection(truth.index)
        told, true = found.loc[rated, "model_pd"], truth[rated]
        slope = sm.GLM(true, sm.add_constant(logit(told)), family=sm.families.Binomial()).fit().params.iloc[1]
        inside = true.between(found.loc[rated, "pd_low"], found.loc[rated, "pd_high"]).mean()
        rows.append((told.corr(true, method="spearman"), slope, inside))
        figures = f"rank correlation {rows[-1][0]:.3f}, slope {slope:.2f}, truth inside {inside:.0%}"
        print(f"demo, seed {seed}, {found['method'].mode()[0]}: {figures}")
    rank, slope, inside = np.mean(rows, axis=0)
    print(f"demo, mean of {len(seeds)}: rank correlation {rank:.3f}, slope {slope:.2f}, truth inside {inside:.0%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["speed", "american", "demo"])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "data")
    options = parser.parse_args()
    for part in options.parts:
        {"speed": speed, "american": lambda: american(options.data), "demo": demo}[part]()
