"""What a reviewer asks of the default probabilities: do they rank, do they mean what they say, do they hold still?"""

from dataclasses import dataclass

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.default import expert_prior, point_in_time
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.grades import WORST, grade
from tradecredit.default.panel import HORIZON_MONTHS, STEP_MONTHS, candidates, dates, observations, score_of
from tradecredit.default.ratings import Assessment, assessment
from tradecredit.measure.published_scores import published_scores
from tradecredit.numerics import discrimination
from tradecredit.params.default import DefaultSettings
from tradecredit.validation import migration, prudent_bounds, stability
from tradecredit.validation.calibration import grade_tests
from tradecredit.validation.traffic_lights import COLUMNS as LIGHT_COLUMNS
from tradecredit.validation.traffic_lights import Predictions, traffic_lights

PUBLISHED = {
    "altman_z": ("Altman's Z'' (1995)", -1),
    "zmijewski_pd": ("Zmijewski (1984)", +1),
    "ohlson_pd": ("Ohlson (1980)", +1),
}
"""Scores that readers know, and whether more of them is worse."""

HARDLY = 0.05
"""An input of less importance (log-odds) gives no light when it drifts: it moves no probability by a tenth."""

CORRELATION = 0.12
"""Asset correlation behind the most prudent bounds: the lower end of the Basel formula for companies."""

GRADE_COLUMNS = [
    "count", "defaults", "firms", "predicted", "observed", "jeffreys", "binomial", "light", "low", "high",
]  # fmt: skip
SEGMENT_COLUMNS = [
    "kind", "segment", "count", "defaults", "defaulters", "predicted", "observed", "low", "high", "auc", "auc_low",
    "auc_high",
]  # fmt: skip
BASELINE_COLUMNS = ["observations", "defaulters", "auc", "auc_low", "auc_high", "model_auc"]

OTHER_BUYERS, IN_SAMPLE, LATER = "other buyers (cross-validation)", "in sample", "later date"
"""What a figure was measured on: buyers that the fit had not seen, its own, a date that it did not know of."""

NO_LIGHTS = pd.DataFrame(columns=LIGHT_COLUMNS).rename_axis("test")
NO_GRADES = pd.DataFrame(columns=GRADE_COLUMNS).rename_axis("grade")
NO_SEGMENTS = pd.DataFrame(columns=SEGMENT_COLUMNS)


@dataclass(frozen=True, eq=False)
class Review:
    """All that the second half of chapter 02 shows. Tables that need a fit are empty without one.

    - `samples`: `discrimination.report` in sample, by cross-validation over buyers and at a later date;
    - `lights`: as `traffic_lights`;
    - `by_grade`: `grade_tests` by the cross-validated grades, with `discrimination.calibration`'s interval;
    - `prudent`: index `grade`; `obligors` a year ago, their `defaults_since`, `predicted_year_ago` and `pd_upper`, the
      most prudent bound (`prudent_bounds`; also without a fit); empty where nobody was rated a year ago;
    - `segments`: `discrimination.by_segment` with `kind`: year of observation, country, sector;
    - `published`: see `baselines`;
    - `drift`: `stability.drift` from the observations of past dates to the same kind of buyers today, of the inputs and
      of the `grade` by the present model;
    - `concentration`: `stability.concentration_rise` over the last 12 months;
    - `cohort`, `default_rates`: moves between grades (`migration`), by the present model on past dates; the rates are
      empty before there are two;
    - `history`: what they rest on: buyer_id, date, pd, grade.

    Where the book records no defaults, what counts them is missing, not zero.
    """

    samples: pd.DataFrame
    lights: pd.DataFrame
    by_grade: pd.DataFrame
    prudent: pd.DataFrame
    segments: pd.DataFrame
    published: pd.DataFrame
    drift: pd.DataFrame
    concentration: pd.DataFrame
    cohort: migration.Cohort
    default_rates: pd.DataFrame
    history: pd.DataFrame


@remembered
def review(book: Book) -> Review:
    """Return the review of `default.assessment(book)`; raises as that."""
    found = assessment(book)
    seen = found.observed
    groups = pd.Series(pd.factorize(seen["buyer_id"])[0], index=seen.index)
    outcome = seen["defaulted"].astype("float64")
    past = history(book, found)
    drift, concentration = _drift(past, found, book), _concentration(past, book)
    unseen = Predictions(seen["other_buyers"], outcome, grade(seen["other_buyers"], book.run.grades))
    samples, lights, by_grade, segments = discrimination.report({}), NO_LIGHTS, NO_GRADES, NO_SEGMENTS
    if found.model:
        samples = discrimination.report(
            {
                IN_SAMPLE: (seen["fitted"], outcome),
                OTHER_BUYERS: (seen["other_buyers"], outcome),
                **({LATER: (found.later, outcome[found.later.index])} if len(found.later) else {}),
            },
            groups=groups,
            confidence=book.run.default.interval,
        )
        fitted = Predictions(seen["fitted"], outcome)
        lights = traffic_lights(
            unseen, fitted, groups=groups, drift=_of_weight(drift, found), concentration=concentration
        )
        by_grade = _by_grade(unseen, groups, book.run.default.interval)
        segments = _segments(found, book)
    cohorts, default_rates = _moves(past, book)
    return Review(
        samples=samples,
        lights=lights,
        by_grade=by_grade,
        prudent=_prudent(past, book),
        segments=segments,
        published=baselines(book, found),
        drift=drift,
        concentration=concentration,
        cohort=cohorts,
        default_rates=default_rates,
        history=past,
    )


def history(book: Book, found: Assessment) -> pd.DataFrame:
    """Return what the present model says of past dates: `buyer_id`, `date`, `pd`, `grade`; one row each.

    Every three months back from the as-of date, each buyer that was a customer and not in default, from what was known
    on the date. The model is today's throughout, with its level and, without a fit, the median buyer that it measures
    from. In sample: the model has learnt from these buyers' later defaults.
    """
    settings, parts = book.run.default, [pd.DataFrame(columns=["buyer_id", "date", "pd"])]
    days = dates(book, until=book.as_of, step_months=STEP_MONTHS)
    # The panel holds the same dates up to a year ago, and has measured them already.
    measured = {day: rows.set_index("buyer_id")[found.today.columns] for day, rows in found.observed.groupby("date")}
    later = [day for day in days if day not in measured]
    measured |= {day: seen.inputs[seen.at_risk] for day, seen in zip(later, observations(book, later), strict=True)}
    for day in days:
        known = measured[day]
        if known.empty:
            continue
        probability = _by_model(known, found.model, found.factor) if found.model else _by_stated(known, found, settings)
        parts.append(probability.rename("pd").reset_index().assign(date=day))
    table = pd.concat(parts[1:] or parts, ignore_index=True)
    return table.assign(grade=grade(table["pd"].astype("float64"), book.run.grades))[
        ["buyer_id", "date", "pd", "grade"]
    ]


def _by_model(known: pd.DataFrame, model: DefaultModel, factor: float) -> pd.Series:
    return point_in_time.moved(model.probability(known), factor)


def _by_stated(known: pd.DataFrame, found: Assessment, settings: DefaultSettings) -> pd.Series:
    """Return the stated probabilities of past observations, beside today's buyers, who set centre and level."""
    # An agency of which nobody has a score today is in no probability of today, and in none of these.
    used = found.today.columns[found.today.notna().any()]
    both = pd.concat([found.today, known[used]], keys=["today", "then"])
    counted = found.counted.reindex(both.index.get_level_values("buyer_id")).to_numpy()
    counted = pd.Series(counted & (both.index.get_level_values(0) == "today"), index=both.index)
    stated = expert_prior.rated(both, counted, found.tendency, weights=found.weights, settings=settings)
    return stated.ratings["pd"].loc["then"]


def baselines(book: Book, found: Assessment) -> pd.DataFrame:
    """Return how well published scores, an agency's and lateness alone rank the panel's buyers, beside our model.

    Index `score`; `observations` and `defaulters` that the score is known of, `auc` with `auc_low` to `auc_high`, and
    `model_auc`, ours on the same rows by cross-validation over buyers (missing without a fit). Missing with fewer than
    `discrimination.MINIMUM_DEFAULTERS` defaulters. The published scores keep the coefficients of their papers.
    """
    seen = found.observed
    if seen.empty:
        return pd.DataFrame(columns=BASELINE_COLUMNS).rename_axis("score")
    scores_then = [published_scores(book, day).assign(date=day).reset_index() for day in seen["date"].unique()]
    table = seen.merge(pd.concat(scores_then), on=["buyer_id", "date"], how="left")
    known = candidates(book)
    agencies = {score_of(agency): agency for agency in sorted(book.scores["agency"].unique())}
    scores = PUBLISHED | {name: (agency, known[name].sign) for name, agency in agencies.items()}
    scores |= {"days_beyond_terms": ("Days beyond terms alone", +1)}
    rows = {label: _ranked(table, sign * table[name].astype("float64"), book) for name, (label, sign) in scores.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=BASELINE_COLUMNS).rename_axis("score")


def _ranked(table: pd.DataFrame, score: pd.Series, book: Book) -> tuple[float, ...]:
    """Return the row of `baselines` of a score."""
    known = score.notna()
    rows = table[known]
    if rows.empty:
        return 0, 0, *[float("nan")] * 4
    outcome, firms = rows["defaulted"].astype("float64"), rows["buyer_id"]
    confidence = book.run.default.interval
    ours, found = (
        discrimination.ranking(of, outcome, groups=firms, confidence=confidence)
        for of in (rows["other_buyers"], score[known])
    )
    return len(rows), *found, ours.auc if rows["other_buyers"].notna().any() else float("nan")


def _segments(found: Assessment, book: Book) -> pd.DataFrame:
    seen = found.observed
    buyers = book.buyers.set_index("buyer_id")
    kinds = {
        "year of observation": seen["date"].dt.year.astype("str"),
        "country": seen["buyer_id"].map(buyers["country"]),
        "sector": seen["buyer_id"].map(buyers["sector"]),
    }
    outcome, confidence = seen["defaulted"].astype("float64"), book.run.default.interval
    tables = [
        discrimination.by_segment(seen["other_buyers"], outcome, of, groups=seen["buyer_id"], confidence=confidence)
        .reset_index()
        .assign(kind=kind)
        for kind, of in kinds.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[SEGMENT_COLUMNS]


def _by_grade(unseen: Predictions, groups: pd.Series, confidence: float) -> pd.DataFrame:
    tests = grade_tests(unseen.probability, unseen.defaulted, unseen.grade, groups=groups)
    met = discrimination.calibration(
        unseen.probability, unseen.defaulted, unseen.grade, groups=groups, confidence=confidence
    )
    return tests.join(met[["low", "high"]])[GRADE_COLUMNS]


def _prudent(past: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the buyers of a year ago by grade, who of them defaulted, and the most prudent upper bounds."""
    year_ago = book.as_of - pd.DateOffset(months=HORIZON_MONTHS)
    then = past[past["date"] == year_ago]
    events = book.defaults[book.defaults["date"] > year_ago]
    by_grade = then.assign(failed=then["buyer_id"].isin(events["buyer_id"]).astype(int)).groupby("grade")
    table = by_grade.agg(obligors=("pd", "size"), defaults_since=("failed", "sum"), predicted_year_ago=("pd", "mean"))
    table = table.reindex(pd.RangeIndex(1, WORST + 1, name="grade")).fillna({"obligors": 0, "defaults_since": 0})
    if then.empty:
        return table.assign(pd_upper=float("nan")).head(0)
    if not book.has("defaults"):
        return table.assign(defaults_since=float("nan"), pd_upper=float("nan"))
    bound = prudent_bounds.most_prudent(
        table["obligors"], table["defaults_since"], confidence=book.run.default.interval, correlation=CORRELATION
    )
    return table.assign(pd_upper=bound)


def _moves(past: pd.DataFrame, book: Book) -> tuple[migration.Cohort, pd.DataFrame]:
    """Return what became of the grades a year later, and their default rates both ways."""
    cohorts = migration.cohort(past, book.defaults, until=book.as_of)
    durations = migration.duration(past, book.defaults, until=book.as_of)
    rates = migration.default_rates(cohorts, durations)
    rates = rates if durations.years.any() else rates.head(0)
    if book.has("defaults"):
        return cohorts, rates
    unknown = ["cohort", "cohort_error", "cohort_defaults", "duration", "duration_error"]
    return (
        cohorts._replace(
            shares=cohorts.shares.assign(default=float("nan")),
            counts=cohorts.counts.assign(default=float("nan")),
            rates=cohorts.rates.assign(defaults=float("nan"), default_rate=float("nan")),
        ),
        rates.assign(**dict.fromkeys(unknown, float("nan"))),
    )


def _drift(past: pd.DataFrame, found: Assessment, book: Book) -> pd.DataFrame:
    """Return how far the customers of today have moved from those of the panel; others are in neither.

    Each buyer counts once, as it was observed last: its rows are alike, and more of them would make less of chance.
    """
    then, now = found.observed.drop_duplicates("buyer_id", keep="last"), past[past["date"] == book.as_of]
    if then.empty:
        return stability.drift(pd.DataFrame(), pd.DataFrame())
    names = [name for name in found.inputs.index if then[name].notna().any()]
    today = found.today.loc[now["buyer_id"], names].astype("float64")
    inputs = stability.drift(then[names].astype("float64"), today)
    earlier = past[past["date"] <= then["date"].max()].sort_values("date", kind="stable")
    earlier = earlier.drop_duplicates("buyer_id", keep="last")
    grades = [part[["grade"]].astype("float64") for part in (earlier, now)]
    return pd.concat([stability.drift(*grades), inputs])


def _of_weight(drift: pd.DataFrame, found: Assessment) -> pd.DataFrame:
    """Return the drift of what matters: one of an input that hardly enters is no fault of the model."""
    weight = found.inputs["importance"].reindex(drift.index)
    return drift[weight.isna() | (weight >= HARDLY)]


def _concentration(past: pd.DataFrame, book: Book) -> pd.DataFrame:
    now, then = (
        past[past["date"] == day]["grade"] for day in (book.as_of, book.as_of - pd.DateOffset(months=HORIZON_MONTHS))
    )
    return stability.concentration_rise(stability.concentration(then), stability.concentration(now))
