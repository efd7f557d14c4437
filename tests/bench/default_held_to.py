"""What the default model is held to, beside LightGBM tuned by the same folds (`pip install lightgbm`, a test extra).

    python tests/bench/default_held_to.py [markets vintages unknown size predict] [--data FOLDER]

`markets`: firms left out, in five folds, of the American file with and without market value (Lombardo et al. 2022) and
of the Polish one (Tomczak 2016) with signs by sense and with none: AUC, calibration slope, the grades that Jeffreys'
test rejects at 1 %, and LightGBM free and under the same signs. `vintages`: whether the slope of recent years would
mend that of later ones. `unknown`: the mean probability where inputs are missing at random. `size` and `predict`: CPU
time and memory of a fit of 20,000 × 30 and of a million rows.

American firms left out, beside the best of five LightGBMs by the same folds: with market value AUC .8106 beside .8156
(asked: at most .005 below), without it .8010 beside .8044; slope .91 in both (asked .9-1.1), no grade of 10 rejected.
The slope was .89 until fits were drawn to it by what they say of rows left out (`default.shrinkage`), with a prior of
.05 around 1. With one of .2 it is .94, but then 1.13 and 1.18 on firms of later years, whose standard error is .12.
Without market value size says how much the others count (`default.scale`; .7929 and one grade rejected before). With
market value size is taken up in three folds of five; stated (`scale=["log_assets"]`) it gave .8127. Tried besides: the
slope of the scale found with the curves (.8017, but a worse log-loss and one grade rejected); without a scale all
penalties times .5 to 5 (.791-.793), more pairs (.7944), more knots (.7905), five fits averaged (.7903).

Polish firms without signs: .9225 beside .9197, slope 1.01, no grade rejected. With signs by sense, all kept, .8939
(LightGBM under the same signs .8935: the gap is their price); those withdrawn that the model itself finds to cost more
than their standard error, once, within the four folds that are fitted, .9153 (asked .008 below .9197), slope 1.00, none
rejected; twice .9164. Of 47 signs six to eight go, the same ones in most folds. Tried besides, all signs kept: more
pairs (.8945), knots a pair (.8946) and a curve (.8946).

With inputs missing at random the mean probability less the rate of all rows is +.03, +.02, +.01, -.02 and +.01 points
with 0, 10, 30, 50 and 100 % missing (three samples, standard errors .02-.10). A fit of 20,000 × 30 takes 2.05 CPU s and
.41 GB with pairs, .76 without; one LightGBM fit .53, five settings 3.2. A million rows are told in 5.8 CPU s and .84
GB, by LightGBM in 8.2.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

sys.path.insert(0, str(Path(__file__).parent))
from default_model import CENTRAL_TENDENCY, SIGNS, ratios
from scipy.special import expit, logit

from tradecredit import Run
from tradecredit.default import point_in_time
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.grades import grade
from tradecredit.default.sign_costs import sign_costs
from tradecredit.numerics import discrimination
from tradecredit.validation.calibration import grade_tests

try:
    import lightgbm
except ImportError:
    lightgbm = None

FEWER = (
    1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 19, 22, 23, 24, 25, 26, 28, 31, 33, 35, 38, 39, 40, 42, 45, 46,
    48, 49, 50, 53, 54, 55, 56, 57, 63,
)  # fmt: skip
MORE = (2, 30, 32, 51, 52, 58, 62)
"""Numbers of the Polish ratios of which more means fewer failures (profit, equity, liquidity, cover), or more of them
(debt, its days, costs); days of stock and receivables, growth and size are free."""

GRID = [(8, 0.02, 300, 0.4), (4, 0.05, 400, 0.4), (8, 0.05, 400, 0.3), (16, 0.03, 400, 0.3), (31, 0.03, 300, 0.3)]
"""Leaves, learning rate, trees and share of columns that LightGBM is tried with."""

MISSING = (0.0, 0.1, 0.3, 0.5, 1.0)
"""Shares of the inputs that are hidden."""
UNKNOWN_SAMPLES = 12

Fit = Callable[[pd.DataFrame, pd.Series, pd.DataFrame], pd.Series]


def samples(folder: Path) -> Iterator[tuple[str, pd.DataFrame, pd.Series, dict[str, int], pd.Series]]:
    """Return name, inputs, outcome, signs and fiscal year of each table of firms."""
    table = pd.read_csv(folder / "american_bankruptcy_3y.csv").sort_values(
        ["firm_id", "fiscal_year"], ignore_index=True
    )
    last = ~table.duplicated("firm_id", keep="last")
    for market in (True, False):
        X = ratios(table, market=market)[last]
        signs = {name: sign for name, sign in SIGNS.items() if name in X}
        told = f"american, {'with' if market else 'without'} market value"
        yield told, X, table["failed"][last], signs, table["fiscal_year"][last]
    polish = pd.read_csv(folder / "polish_bankruptcy_5y.csv")
    signs = {f"Attr{number}": sign for sign, numbers in ((-1, FEWER), (1, MORE)) for number in numbers}
    X, y, year = polish.drop(columns="failed"), polish["failed"], pd.Series(0, index=polish.index)
    yield "polish, signs by sense", X, y, signs, year
    yield "polish, no signs", X, y, {}, year


def left_out(fit: Fit, X: pd.DataFrame, y: pd.Series) -> pd.Series:
    """Return the probability of each firm by a fit to the other four folds."""
    deal = np.random.default_rng(3).permutation(len(y))
    fold = pd.Series(deal[np.argsort(np.argsort(y.to_numpy()[deal], kind="stable"))] % 5, index=y.index)
    parts = [fit(X[fold != k], y[fold != k], X[fold == k]) for k in range(5)]
    return pd.concat(parts).reindex(y.index)


def ours(signs: dict[str, int]) -> Fit:
    return lambda X, y, other: DefaultModel.fit(X, y, signs=signs).probability(other)


def withdrawn(signs: dict[str, int]) -> Fit:
    """Return the fit of an analyst who withdraws the signs that cost more than their standard error (`sign_costs`).

    What they cost is told by the same four folds that are fitted: the fifth says nothing of which signs go.
    """

    def fit(X: pd.DataFrame, y: pd.Series, other: pd.DataFrame) -> pd.Series:
        costs = sign_costs(X, y, signs=signs)
        gone = costs.index[costs["log_loss_cost"] > costs["log_loss_cost_error"]]
        kept = {name: sign for name, sign in signs.items() if name not in gone}
        return DefaultModel.fit(X, y, signs=kept).probability(other)

    return fit


def trees(settings: tuple, constraints: list[int]) -> Fit:
    leaves, rate, count, columns = settings

    def fit(X: pd.DataFrame, y: pd.Series, other: pd.DataFrame) -> pd.Series:
        signed = {"monotone_constraints": constraints, "monotone_constraints_method": "advanced"}
        machine = lightgbm.LGBMClassifier(
            n_estimators=count, learning_rate=rate, num_leaves=leaves, subsample=0.7, subsample_freq=1,
            colsample_bytree=columns, random_state=1, n_jobs=1, verbose=-1, **(signed if any(constraints) else {}),
        )  # fmt: skip
        return pd.Series(machine.fit(X, y).predict_proba(other)[:, 1], index=other.index)

    return fit


def markets(folder: Path) -> None:
    for name, X, y, signs, _ in samples(folder):
        print(f"{name}, {X.shape[1]} inputs, curves: {figures(left_out(ours(signs), X, y), y)}", flush=True)
        if name == "polish, signs by sense":
            print(f"{name}, costly ones withdrawn, curves: {figures(left_out(withdrawn(signs), X, y), y)}", flush=True)
        under = {"LightGBM": [0] * X.shape[1], "LightGBM under the signs": [signs.get(column, 0) for column in X]}
        for told, constraints in under.items() if lightgbm else ():
            if any(constraints) or told == "LightGBM":
                tried = [left_out(trees(settings, constraints), X, y) for settings in GRID]
                best = max(tried, key=lambda p: discrimination.auc(p, y).value)
                print(f"{name}, {told}: {figures(best, y)}", flush=True)


def figures(p: pd.Series, y: pd.Series) -> str:
    """Return AUC and slope, and the grades rejected at 1 % at the level of the sample: it is no test of the level."""
    area, slope = discrimination.auc(p, y), discrimination.calibration_slope(p, y)
    at_level = point_in_time.moved(p, point_in_time.factor_to(float(y.mean()), p))
    at_tendency = point_in_time.moved(p, point_in_time.factor_to(CENTRAL_TENDENCY, p))
    found = grade_tests(at_level, y, grade(at_tendency, Run.model_fields["grades"].default)).drop(index="all")
    told = found["jeffreys"].astype("float64")
    return (
        f"AUC {area.value:.4f} (s.e. {area.standard_error:.4f}), slope {slope.value:.2f}, {(told < 0.01).sum()} of "
        f"{len(told)} grades rejected (least p-value {told.min():.4f})"
    )


def vintages(folder: Path) -> None:
    """Print what recalibrating the slope on recent years does to the log-loss of later ones, at their own level.

    Fitted to years at least two before a cut; the slope from the two years up to it, shrunk to 1 by prior standard
    deviations; applied to the fit to all years up to the cut, on the two years after.
    """
    rows = []
    for name, X, y, signs, year in list(samples(folder))[:2]:
        for cut in range(2006, 2012):
            old, recent, later = year <= cut - 2, (year > cut - 2) & (year <= cut), (year > cut) & (year <= cut + 2)
            before, now = (DefaultModel.fit(X[rows_], y[rows_], signs=signs) for rows_ in (old, old | recent))
            odds = logit(now.probability(X[later]))
            slope = discrimination.calibration_slope(before.probability(X[recent]), y[recent])
            worse = {}
            for prior in (0.1, 0.2, 0.4):
                shrunk = prior**2 / (prior**2 + slope.standard_error**2)
                worse[f"worse by, prior {prior}"] = log_loss(odds * (1 + (slope.value - 1) * shrunk), y[later])
            came = sm.GLM(y[later], sm.add_constant(odds), family=sm.families.Binomial()).fit().params.iloc[1]
            found = {"sample": name, "cut": cut, "slope of recent years": slope.value, "slope that came": came}
            rows.append(found | {key: value - log_loss(odds, y[later]) for key, value in worse.items()})
    table = pd.DataFrame(rows)
    print(table.round(4).to_string(index=False))
    print(table.select_dtypes("number").drop(columns="cut").agg(["mean", "sem"]).round(4).to_string())
    print(f"correlation of the slopes {table['slope of recent years'].corr(table['slope that came']):.2f}")


def log_loss(odds: pd.Series, y: pd.Series) -> float:
    p = expit(odds + point_in_time.shift_to(float(y.mean()), odds))
    return float(-(y * np.log(p) + (1 - y) * np.log1p(-p)).mean())


def made(rows: int, seed: int, inputs: int = 30) -> tuple[pd.DataFrame, pd.Series]:
    """Return made-up ratios that go together in part, and outcomes by a curve of ten of them and one pair."""
    X, chance, random = made_up(rows, seed, inputs)
    return X, pd.Series((random.random(rows) < chance).astype(int))


def made_up(rows: int, seed: int, inputs: int = 30) -> tuple[pd.DataFrame, np.ndarray, np.random.Generator]:
    """Return the ratios, their true probabilities, and what goes on to draw the outcomes."""
    random = np.random.default_rng(seed)
    common = random.standard_normal((rows, 3))
    values = 0.6 * common[:, np.arange(inputs) % 3] + 0.8 * random.standard_normal((rows, inputs))
    odds = -4.2 + 0.5 * values[:, :10].sum(axis=1) / np.sqrt(2) + 0.3 * values[:, 0] * values[:, 1]
    return pd.DataFrame(values).rename(columns="ratio_{}".format), expit(odds), random


def unknown() -> None:
    """Print the mean probability of 30,000 fresh rows with a share of the inputs missing at random.

    Over samples, each fitted to rows of its own: what is told less the rate of all rows that could be drawn, whose own
    sampling error a single sample's level carries (.14 points of 20,000 rows), and less what is told of the same rows
    fully known. Standard errors over the samples.
    """
    rate = np.mean([made_up(1_000_000, 10_000 + number)[1].mean() for number in range(2)])
    rows = []
    for number in range(UNKNOWN_SAMPLES):
        X, y = made(20_000, 100 + number)
        model = DefaultModel.fit(X, y, signs={f"ratio_{one}": 1 for one in range(10)})
        fresh, chance, random = made_up(30_000, 200 + number)
        came = (random.random(len(fresh)) < chance).mean()
        hidden = np.random.default_rng(300 + number).random(fresh.shape)
        told = {share: model.probability(fresh.mask(hidden < share)).mean() for share in MISSING}
        rows.append({"fitted rate": y.mean(), "observed": came} | told)
    table = pd.DataFrame(rows) * 100
    print(f"unknown: rate of all {rate:.3%}; in points, {UNKNOWN_SAMPLES} samples")
    apart = {"less the rate": table - rate * 100, "less fully known": table[list(MISSING)].sub(table[0.0], axis=0)}
    for name, off in apart.items():
        told = [f"{one}: {off[one].mean():+.3f} (s.e. {off[one].sem():.3f})" for one in off]
        print(f"unknown, {name}: {', '.join(told)}", flush=True)


def size() -> None:
    """Print CPU seconds and peak memory of a fit of 20,000 × 30, each in a process of its own."""
    for name in ("pairs", "no pairs", *(["LightGBM", "LightGBM tuned"] if lightgbm else [])):
        print(f"size, {name}: {alone('fit', name)}", flush=True)


def predict() -> None:
    """Print the same of the probabilities of 1,000,000 × 30, fits and rows made beforehand."""
    for name in ("pairs", "no pairs", *(["LightGBM"] if lightgbm else [])):
        print(f"predict, {name}: {alone('predict', name)}", flush=True)


def alone(work: str, name: str) -> str:
    """Return what `work_alone` prints; on one thread, as reports run: BLAS threads that wait count as CPU time."""
    told = subprocess.run(
        [sys.executable, __file__, "--alone", work, name], check=True, capture_output=True, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    return told.stdout.strip()


def fitted(name: str, X: pd.DataFrame, y: pd.Series):
    if name.startswith("LightGBM"):
        grid = GRID if name.endswith("tuned") else GRID[:1]
        for leaves, rate, count, columns in grid:
            machine = lightgbm.LGBMClassifier(
                n_estimators=count, learning_rate=rate, num_leaves=leaves, colsample_bytree=columns, n_jobs=1,
                subsample=0.7, subsample_freq=1, verbose=-1,
            ).fit(X, y)  # fmt: skip
        return machine
    signs = {f"ratio_{number}": 1 for number in range(10)}
    return DefaultModel.fit(X, y, signs=signs, pairs=() if name == "no pairs" else None)


def work_alone(work: str, name: str) -> None:
    """Print CPU seconds of a piece of work, and by how much it raised the process's peak of memory.

    LightGBM tuned: its fits of one fold of the grid, as tuning takes them, without the other four folds.
    """
    fitted(name, *(part.head(2_000) for part in made(20_000, 1)))
    X, y = made(20_000, 1)
    model = fitted(name, X, y) if work == "predict" else None
    if work == "predict":
        X = made(1_000_000, 2)[0]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    if model is None:
        fitted(name, X, y)
    elif name.startswith("LightGBM"):
        model.predict_proba(X, num_threads=1)
    else:
        model.predict(X)
    seconds, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.2f} CPU s, memory up by {(peak - before) / 2**20:.2f} GB to {peak / 2**20:.2f} GB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["markets", "vintages", "unknown", "size", "predict"])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "data")
    parser.add_argument("--alone", nargs=2)
    options = parser.parse_args()
    if options.alone:
        work_alone(*options.alone)
    else:
        for part in options.parts:
            {"markets": lambda: markets(options.data), "vintages": lambda: vintages(options.data), "unknown": unknown,
             "size": size, "predict": predict}[part]()  # fmt: skip
