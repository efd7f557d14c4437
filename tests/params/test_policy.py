"""Terms of a policy that contradict each other are refused, and say how to mend it."""

import pytest
import yaml

from tradecredit.errors import ParameterError
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import PolicyTerms
from tradecredit.params.reference import docstrings
from tradecredit.params.run import Run


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"maximum_liability": 1e6, "maximum_liability_multiple": 20, "minimum_premium": 1}, "both given"),
        ({"notice_days": 60}, "counts back from the end of the period, which is not stated"),
        # From the last day of the year 364 days lead back to its first.
        ({"starts": "2026-01-01", "ends": "2026-12-31", "notice_days": 365}, "reaches back before the period starts"),
        ({"maximum_liability_multiple": 20}, "premium_rate or minimum_premium"),
        ({"waiting_from": "extension_end", "waiting_days": 150}, "give maximum_extension_days"),
        ({"discretionary_maximum_liability": 5}, "give discretionary_limit"),
        ({"stop_tolerance": 100}, "give maximum_extension_days"),
        ({"declaration": "turnover", "declaration_months": 5}, "does not divide a year"),
        ({"excluded_countries": ["germany"]}, "two capital letters"),
        (
            {"kind": "top_up", "name": "a", "primary": "a", "top_up_share": 0.5},
            "primary: found 'a'; is the top_up itself",
        ),
        (
            {"discretionary_limit": 5, "discretionary_maximum_liability": 50, "maximum_liability": 40},
            "above maximum_liability",
        ),
    ],
)
def test_contradictions(terms, message):
    with pytest.raises(ParameterError, match=message):
        Policy(**terms)


def test_all_contradictions_at_once():
    with pytest.raises(ParameterError, match=r"(?s)both given.*needs a premium.*extension period"):
        Policy(maximum_liability=1, maximum_liability_multiple=2, waiting_from="extension_end")


def test_unknown_keys_contradictions_and_idle_terms_at_once(tmp_path):
    stated = {
        "thresold": 5, "maximum_liability": 1.0, "maximum_liability_multiple": 2.0, "minimum_premium": 1,
        "insured_turnover": 5,
    }  # fmt: skip
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(stated))
    everything = r"(?s)did you mean 'threshold'.*both given.*has no effect without premium_rate"
    with pytest.raises(ParameterError, match=everything) as error:
        PolicyTerms.from_yaml(tmp_path / "own.yaml")
    found = [(problem.file, problem.column) for problem in error.value.problems]
    own = str(tmp_path / "own.yaml")
    assert found == [(own, "thresold"), (own, "maximum_liability"), (own, "insured_turnover")]
    with pytest.raises(ParameterError, match=everything):
        Policy(**stated)
    # In the run file, whose policy it may be, and of a key that is not known beside an idle term alone.
    run = {"entity": "E", "currency": "EUR", "source": {"kind": "demo"}}
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(run | {"policy": stated}))
    with pytest.raises(ParameterError, match=everything) as error:
        Run.from_yaml(tmp_path / "run.yaml")
    assert "policy.maximum_liability" in [problem.column for problem in error.value.problems]
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(run | {"policy": "few.yaml"}))
    (tmp_path / "few.yaml").write_text("{thresold: 5, insured_turnover: 5}")
    with pytest.raises(ParameterError, match=r"(?s)few.yaml, thresold.*few.yaml, insured_turnover.*premium_rate"):
        Run.from_yaml(tmp_path / "run.yaml")
    (tmp_path / "few.yaml").write_text("{thresold: 5, stop_tolerance: plenty}")
    with pytest.raises(ParameterError, match=r"(?s)stop_tolerance.*thresold"):
        Run.from_yaml(tmp_path / "run.yaml")


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "plenty"])
def test_amounts_that_cannot_be(amount):
    with pytest.raises(ParameterError, match="threshold"):
        Policy(threshold=amount)


@pytest.mark.parametrize(
    ("terms", "because", "remedy"),
    [
        ("threshold_kind: deductible", "has no effect without threshold", "give threshold, or each_loss_deductible"),
        ("deductible_order: percentage_first", "without each_loss_deductible", "give each_loss_deductible"),
        ("aggregate_erosion: before_percentage", "without aggregate_first_loss", "give aggregate_first_loss"),
        ("{waiting_from: extension_end, maximum_extension_days: 9}", "without waiting_days", "give waiting_days"),
        ("extension_from: issued", "without maximum_extension_days", "give maximum_extension_days"),
        ("recovery_sharing: insurer_first", "settled net of recoveries", "make loss_basis debt"),
        ("discretionary_shares: {references: 1}", "without discretionary_limit", "give discretionary_limit"),
        ("insured_turnover: 5", "without premium_rate", "give premium_rate"),
        ("declaration_days: 20", "without declaration", "give declaration"),
        ("declaration_months: 3", "without declaration", "give declaration"),
        ("premium_tax_rate: 0.1", "premium_rate or minimum_premium or top_up_rate", "give the premium"),
        ("{kind: top_up, primary: b, limits: {A: 5}, top_up_maximum: 9}", "without top_up_share", "give top_up_share"),
        ("{kind: key_accounts, buyers: [A], limits: {A: 5, B: 6}}", "names B, not among", "list them in buyers"),
        # 0.9 × (x − 500) leaves at least 500 of each loss of more than that, and a deductible threshold as much again.
        (
            "{minimum_retention: 500, each_loss_deductible: 500}",
            "no more than the deductible of 500",
            "raise or remove",
        ),
        (
            "{minimum_retention: 700, threshold: 800, threshold_kind: deductible}",
            "deductible of 800",
            "raise or remove",
        ),
        # 0.9 × (500 − 500), 0.9 × 500 − 450 and 500 less the 500 that are kept at least: nothing is paid anyway.
        ("{threshold: 500, each_loss_deductible: 500}", "keeps no loss that deductible", "raise or remove"),
        (
            "{threshold: 500, each_loss_deductible: 450, deductible_order: percentage_first, insured_percentage: 0.9}",
            "keeps no loss that deductible",
            "raise or remove",
        ),
        ("{threshold: 500, minimum_retention: 500}", "keeps no loss that deductible", "raise or remove"),
        ("maximum_liability: 0", "pays nothing in any year", "remove it: no maximum"),
        ("{deductible_order: percentage_first, each_loss_deductible: 0}", "without each_loss_deductible", "or remove"),
        ("{discretionary_limit: 0, discretionary_maximum_liability: 50}", "insures no buyer", "raise or remove it"),
        ("{discretionary_limit: 5, discretionary_shares: {}}", "supports no limit", "give a share, or remove it"),
        ("{discretionary_limit: 5, discretionary_shares: {references: 0}}", "supports no limit", "give a share"),
        (
            "{discretionary_limit: 5, discretionary_maximum_liability: 0}",
            "pays nothing for buyers without a named limit",
            "raise it, or remove it and discretionary_limit",
        ),
    ],
)
def test_a_term_of_a_file_that_does_nothing_is_a_problem_with_its_remedy(tmp_path, terms, because, remedy):
    stated = yaml.safe_load(terms)
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"insured_percentage": 0.9} | stated))
    with pytest.raises(ParameterError) as error:
        PolicyTerms.from_yaml(tmp_path / "own.yaml")
    (problem,) = error.value.problems
    assert problem.file == str(tmp_path / "own.yaml")
    assert problem.column in stated
    assert because in problem.allowed
    assert remedy in problem.remedy
    # The same in the run file itself.
    (tmp_path / "run.yaml").write_text(
        yaml.safe_dump(
            {"entity": "E", "currency": "EUR", "source": {"kind": "demo"}, "quotes": [stated, {"name": "b"}]}
        )
    )
    with pytest.raises(ParameterError, match=because):
        Run.from_yaml(tmp_path / "run.yaml")


@pytest.mark.parametrize(
    "terms",
    [
        "{threshold_kind: deductible, threshold: 5}", "{minimum_retention: 501, each_loss_deductible: 500}",
        "{minimum_retention: 500}", "{minimum_retention: 700, threshold: 800}", "threshold_kind: franchise",
        # Of a loss of 500 they would pay 0.9, and 0.9 × 500 − 449.
        "{threshold: 500, each_loss_deductible: 499, insured_percentage: 0.9}",
        "{threshold: 500, each_loss_deductible: 449, deductible_order: percentage_first, insured_percentage: 0.9}",
        # A loss of no more than 500 would use up the first loss.
        "{threshold: 500, each_loss_deductible: 500, aggregate_first_loss: 9, aggregate_erosion: before_percentage}",
        "{threshold: 500, threshold_kind: deductible, each_loss_deductible: 500}",
        "{waiting_days: 0, waiting_from: extension_end, maximum_extension_days: 9}",
        "{starts: 2026-01-01, ends: 2026-12-31, notice_days: 364}",
        "{declaration: balance, declaration_months: 3, declaration_days: 20}",
        "{recovery_sharing: insurer_first, loss_basis: debt}", "{premium_tax_rate: 0.1, minimum_premium: 5}",
        "{kind: key_accounts, buyers: [A, B], limits: {A: 5}}",
    ],
)  # fmt: skip
def test_a_term_that_has_an_effect_is_none(tmp_path, terms):
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(yaml.safe_load(terms)))
    assert PolicyTerms.from_yaml(tmp_path / "own.yaml").name == "own"


def test_a_contradiction_names_file_term_value_and_remedy(tmp_path):
    (tmp_path / "own.yaml").write_text("{starts: 2026-02-01, ends: 2026-01-01, bonus_loss_ratio: 0.2}")
    with pytest.raises(ParameterError) as error:
        PolicyTerms.from_yaml(tmp_path / "own.yaml")
    found = [(problem.column, problem.allowed, problem.remedy) for problem in error.value.problems]
    assert found == [
        ("ends", "lies before starts", "exchange them"),
        ("bonus_loss_ratio", "says when a bonus is paid, but there is none", "give no_claims_bonus"),
    ]
    assert str(tmp_path / "own.yaml") + ", ends: found '2026-01-01'" in str(error.value)


def test_conventions_without_their_term_are_no_contradiction():
    policy = Policy(
        threshold_kind="deductible", aggregate_erosion="before_percentage", recovery_sharing="insurer_first"
    )
    assert policy.threshold is None


@pytest.mark.parametrize(
    ("terms", "remedy"),
    [
        ({"insured_percentage": 90}, "state a fraction: 0.9 is 90 %"),
        ({"insured_percentage": -0.1}, "state 0 or more"),
        ({"maximum_liability_multiple": 0}, "state more than 0"),
        ({"loss_basis": "gross"}, "state one of these"),
    ],
)
def test_a_value_that_cannot_be_says_what_to_state(terms, remedy):
    with pytest.raises(ParameterError) as error:
        Policy(**terms)
    assert error.value.problems[0].remedy == remedy


def test_every_term_is_documented_with_its_step():
    known = docstrings(PolicyTerms)
    undocumented = [name for name in PolicyTerms.model_fields if name != "name" and "tep" not in known.get(name, "")]
    assert undocumented == []
