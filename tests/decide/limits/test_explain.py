"""Why a buyer gets its limit: the example's sentences, and agreement with the recommendation to the unit."""

import re

import numpy as np
import pandas as pd
import pytest

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.decide import limits
from tradecredit.decide.limits.explain import facts, facts_of
from tradecredit.default.grades import grade
from tradecredit.errors import InputError
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
BOUNDS = Run.model_fields["grades"].default

# The example of definitions §4.2: 33,333 a month at 15 days' terms; net worth 80,000, revenue 700,000.
INVOICES = pd.DataFrame(
    [("old", "A", pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-16"), 10.0)]
    + [(f"A{n}", "A", day, day + pd.Timedelta(days=15), 400_000 / 12)
       for n, day in enumerate(pd.date_range("2025-04-01", periods=12, freq="MS"))],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)  # fmt: skip
TABLES = {
    "invoices": INVOICES,
    "buyers": "buyer_id,name,kind,customer_since,group_id\nA,Alder & Sons,private,2019-05-02,G\nB,Birch,private,,G\n",
    "statements": "buyer_id,period_end,published,currency,revenue,equity\nA,2024-12-31,2025-06-30,EUR,700000,80000\n",
    "limits": "buyer_id,source,amount,valid_from\nA,own,40000,2025-01-01\nA,insurer,5000,2025-01-01\n",
}
RUN = {
    "limits": {
        "net_worth_share": [0.35] * 10, "revenue_share": [0.05] * 10, "expected_loss_budget": 1_000, "digits": 2,
        "maximum_share_of_book": 1.0, "maximum_group_share_of_book": 1.0,
    },
    "losses": {"lgd": 1.0, "correlation": 0.0}, "margin": 0.18,
}  # fmt: skip

POLICY = Policy(insured_percentage=0.9)


def rated(book, probability=0.01, method="fitted model"):
    pd_of = pd.Series(probability, index=pd.Index(book.buyers["buyer_id"], name="buyer_id"))
    return pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": method, "drivers": "pays 9 days late"})


def steps_of(book, buyer="A", policy=None, **rating):
    """The steps by their topic."""
    steps = words.explain.steps(facts(book, rated(book, **rating), buyer, cover=of_buyers(book, policy)))
    assert steps["topic"].is_unique
    return steps.set_index("topic")


def test_the_example_in_sentences(book_of):
    found = steps_of(book_of(AS_OF, run=RUN, **TABLES), policy=POLICY)
    assert found["sentence"].to_dict() == {
        "buyer": "Alder & Sons (A) owes EUR 400,010 as of 31 March 2026; customer since 2 May 2019; last invoice dated "
        "1 March 2026.",
        "grade": "Its 12-month default probability is 1.00 %, grade 5 of 10 (fitted model). Main drivers: pays 9 days "
        "late.",
        "need": "It buys EUR 33,333 a month at usual terms of 15 days. With a tolerated delay of 30 days, 45 days of "
        "purchases are EUR 50,000.",
        "capacity": "Its accounts of 31 December 2024 show net worth of EUR 80,000, of which 35 % is EUR 28,000; "
        "revenue of EUR 700,000, of which 5 % is EUR 35,000. The smallest of these, EUR 28,000, is its capacity.",
        "expected-loss budget": "We accept an expected loss of EUR 1,000 a year on one buyer. At a default "
        "probability of 1.00 % and a loss given default of 100 %, that allows EUR 100,000.",
        "net value added": "A limit of 100 earns a margin of 18.00, has an expected loss of 1.00 a year, and its "
        "capital costs 0.00 a year: so a limit of any size pays.",
        "concentration": "No buyer may owe more than 100 % of all receivables (EUR 400,010): EUR 400,010.",
        "smallest": "The smallest of these amounts counts: EUR 28,000, by “capacity”.",
        "group": "It is one of 2 buyers of group G, whose limits may add up to EUR 50,000: there is room for what each "
        "member may have alone.",
        "rounding": "Rounded down to 2 significant digits, that is EUR 28,000.",
        "limit": "The recommended limit is EUR 28,000; binding constraint: “capacity”.",
        "with cover": "The insurer covers 90 % of what lies within its limit of EUR 5,000. With insurance the limit is "
        "EUR 32,000 (binding constraint: “capacity”), of which EUR 27,500 is our own risk.",
        "decision": "Our limit in force is EUR 40,000: it falls by EUR 8,000 to EUR 32,000, because its accounts "
        "support no more.",
        "approval": "Approval by: credit analyst.",
    }
    amounts = found["amount"].dropna()
    assert amounts[["need", "capacity", "expected-loss budget", "limit", "with cover", "decision"]].tolist() == (
        pytest.approx([50_000, 28_000, 100_000, 28_000, 32_000, -8_000])
    )


def test_a_limit_that_is_fixed_says_by_what(book_of):
    overrides = "buyer_id,limit,reason,by,until\nA,61000,seen the order book,M. Haldan,2026-06-30\n"
    book = book_of(AS_OF, run=RUN, overrides=overrides, **TABLES)
    found = steps_of(book)["sentence"]
    assert found["analyst's override"] == (
        "M. Haldan has set EUR 61,000 until 30 June 2026 (seen the order book), which replaces the methods."
    )
    assert found["limit"] == "The recommended limit is EUR 61,000; binding constraint: “analyst's override”."
    assert "rounding" not in found
    found = steps_of(book, probability=1.0, method="in default")["sentence"]
    assert found["grade"] == "It is in default, and therefore in grade 10 of 10."
    assert found["in default"].endswith("it gets no further credit.")
    assert found["decision"].startswith("Our limit in force is EUR 40,000: it is cancelled, because it is in default.")
    prepaid = TABLES | {"buyers": TABLES["buyers"].replace("Sons,private", "Sons,prepaid")}
    assert (
        steps_of(book_of(AS_OF, run=RUN, **prepaid))["sentence"]["prepaid"] == "It pays in advance: it needs no limit."
    )


def test_a_buyer_of_whom_little_is_known(book_of):
    buyers = "buyer_id,name,kind,customer_since\nA,,public,\nB,Birch,private,2026-03-01\nC,,private,\n"
    book = book_of(AS_OF, run=RUN, **TABLES | {"buyers": buyers})
    found = steps_of(book)["sentence"]
    assert found["buyer"].startswith("A owes EUR 400,010 as of 31 March 2026; last")
    assert found["rule"].startswith("A special rule applies: public body, risk not measured")
    assert not {"capacity", "expected-loss budget", "net value added", "group"} & set(found.index)
    found = steps_of(book, "B")["sentence"]
    assert found["need"] == "It has not ordered yet: its need is not known."
    assert found["new buyer"] == "It has been known for less than 6 months: we risk at most EUR 25,000 of our own."
    assert found["no accounts"].startswith(
        "Its accounts are not known. In grade 5 we risk at most EUR 100,000 of our own"
    )
    assert found["decision"].startswith("No limit of ours is in force: a new one of EUR 25,000 is to be set, no more, ")
    found = steps_of(book, "C")["sentence"]
    assert found["need"] == "It has bought nothing for 12 months: its need is EUR 0."
    assert found["decision"] == "No limit is in force, and none is needed: there is nothing to decide."


def test_negative_equity_and_a_limit_that_does_not_pay(book_of):
    tables = TABLES | {"statements": TABLES["statements"].replace("80000", "-80000")}
    found = steps_of(book_of(AS_OF, run=RUN, **tables), probability=0.5)["sentence"]
    assert "net worth of EUR −80,000, for which we lend EUR 0" in found["capacity"]
    assert found["net value added"].endswith(
        "has an expected loss of 50.00 a year, and its capital costs 0.00 a year: so no limit pays, of any size."
    )
    assert found["decision"].endswith("it is cancelled, because its accounts show negative equity.")


def test_what_the_insurer_bears_is_by_the_policy(book_of):
    book = book_of(AS_OF, run=RUN, **TABLES)
    named = "The insurer covers nothing of it: the limit stays EUR 28,000."
    key = Policy(insured_percentage=0.9, kind="key_accounts", buyers=["B"])
    assert steps_of(book, policy=key)["sentence"]["with cover"] == named
    excess = Policy(kind="excess_of_loss", aggregate_first_loss=1_000, maximum_liability=90_000)
    assert steps_of(book, policy=excess)["sentence"]["with cover"] == named
    public = TABLES | {"buyers": TABLES["buyers"].replace("Sons,private", "Sons,public")}
    assert (
        "The insurer covers nothing of it"
        in steps_of(book_of(AS_OF, run=RUN, **public), policy=POLICY)["sentence"]["with cover"]
    )
    unnamed = TABLES | {"limits": "buyer_id,source,amount,valid_from\nA,own,40000,2025-01-01\n"}
    found = steps_of(
        book_of(AS_OF, run=RUN, **unnamed), policy=Policy(insured_percentage=0.9, discretionary_limit=20_000)
    )
    # Unaudited accounts of the last 12 months: a quarter of it, 5,000.
    assert found["sentence"]["with cover"].startswith(
        "The insurer covers 90 % of what lies within the discretionary limit of EUR 5,000. With insurance the limit is "
        "EUR 32,000"
    )


def test_a_limit_that_would_change_by_little_stays(book_of):
    near = TABLES | {"limits": "buyer_id,source,amount,valid_from\nA,own,29000,2025-01-01\n"}
    assert steps_of(book_of(AS_OF, run=RUN, **near))["sentence"]["decision"] == (
        "Our limit in force is EUR 29,000: it stays as it is, because the recommended limit differs only slightly."
    )


def test_what_is_fixed_is_told_with_the_facts_of_the_buyer(book_of):
    overrides = "buyer_id,limit,reason,by\nA,61000,seen,X\n"
    public = TABLES | {"buyers": TABLES["buyers"].replace("Sons,private", "Sons,public")}
    found = steps_of(book_of(AS_OF, run=RUN, overrides=overrides, **public))
    assert "net value added" not in found.index
    assert found["sentence"]["rule"] == "A special rule applies: the limit set by an analyst stands."
    dormant = steps_of(book_of("2027-06-30", run=RUN, **TABLES), probability=1.0, method="in default")
    assert dormant["sentence"]["need"].startswith("It has bought nothing for 12 months: its need is EUR 0")


def test_what_may_be_repeated_to_the_buyer(book_of):
    book = book_of(AS_OF, run=RUN, **TABLES)
    found = steps_of(book, policy=POLICY)["told_to_buyer"]
    assert found[found].index.tolist() == ["buyer", "need", "capacity", "decision"]
    # Here the default probability decides: that is not repeated.
    assert not steps_of(book, probability=0.2)["told_to_buyer"]["decision"]


def test_tax_and_terms_lessen_what_the_insurer_bears(book_of):
    taxed = TABLES | {"invoices": INVOICES.assign(tax=0.2 * INVOICES["amount"])}
    found = steps_of(book_of(AS_OF, run=RUN, **taxed), policy=POLICY)["sentence"]["with cover"]
    # 0.9 of 0.8 of what is owed, until 6,250 are owed: 28,000 of our own and the 4,500 of the insurer.
    assert found == (
        "80 % of a limit in use is insured debt: the rest is tax, or on terms longer than the policy covers. The "
        "insurer covers 90 % of the insured debt within its limit of EUR 5,000. With insurance the limit is EUR 32,000 "
        "(binding constraint: “capacity”), of which EUR 27,500 is our own risk."
    )


def test_a_full_group_and_a_full_country_are_told(book_of):
    settings = RUN["limits"] | {"maximum_group_share_of_book": 0.05, "country_shares_of_book": {"DE": 0.02}}
    buyers = "buyer_id,kind,group_id,country\nA,private,G,DE\n"
    found = steps_of(book_of(AS_OF, run=RUN | {"limits": settings}, **TABLES | {"buyers": buyers}))
    assert found["sentence"]["group"].endswith("add up to EUR 20,000: shared by need, that leaves it EUR 20,000.")
    assert found["sentence"]["country"] == (
        "The limits of country DE exceed its cap. All limits not set by an analyst are cut in proportion, which leaves "
        "it EUR 8,000."
    )
    assert found["amount"][["group", "country", "rounding"]].tolist() == pytest.approx([20_000.5, 8_000.2, 8_000])


def test_an_unknown_buyer_is_refused(book_of):
    book = book_of(AS_OF, run=RUN, **TABLES)
    with pytest.raises(InputError, match="does not know this buyer"):
        facts(book, rated(book), "Z")


@pytest.mark.parametrize("policy", [None, POLICY, Policy(insured_percentage=0.9, discretionary_limit=20_000)])
def test_the_steps_agree_with_the_recommendation_to_the_unit(book_of, policy):
    tables = dict(demo_book(buyers=60, invoices=4_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    settings = {"country_shares_of_book": {"other": 0.2}, "maximum_group_share_of_book": 0.02, "maximum_limit": 90_000}
    book = book_of("2026-10-31", run={"limits": settings, "margin": 0.18}, fx=rates, **tables)
    ratings = rated(book, probability=np.geomspace(1e-4, 0.6, len(book.buyers)))
    cover = of_buyers(book, policy)
    found = limits.recommend(book, ratings, cover=cover)
    buyers = dict.fromkeys([*found.groupby("binding").head(2).index, *found.groupby("decision").head(1).index])
    for buyer, known in facts_of(book, ratings, buyers, cover=cover).items():
        row = found.loc[buyer]
        steps = words.explain.steps(known).set_index("topic")
        amounts = steps["amount"]
        methods = {name: row[column] for column, name in limits.METHODS.items() if pd.notna(row[column])}
        assert methods.items() <= amounts.to_dict().items()
        alone = [amounts[name] for name in limits.METHODS.values() if name in amounts and name not in
                 ("group", "sector", "country")]  # fmt: skip
        assert amounts["smallest"] == np.nanmin(alone)
        if "rounding" in amounts:
            left = np.nanmin([amounts["smallest"], *amounts.reindex(["group", "sector", "country"])])
            assert limits.rounded_down(pd.Series([left]), 2).tolist() == [row["recommended"]]
        assert amounts["limit"] == row["recommended"]
        assert (
            f"EUR {row['recommended']:,.0f}; binding constraint: “{row['binding']}”" in steps.loc["limit", "sentence"]
        )
        assert amounts["decision"] == row["change"]
        assert ("with cover" in amounts) == (policy is not None)
        assert policy is None or amounts["with cover"] == row["recommended_with_cover"]


MONEY = r"EUR ([\d,.]+)(?: (m|bn))?"


def told(text, *patterns):
    """The numbers of a sentence after each pattern, as they stand there."""
    found = []
    for pattern in patterns:
        digits, scale = re.search(pattern.replace("MONEY", MONEY), text).groups()[:2]
        found.append(float(digits.replace(",", "").rstrip(".")) * {"m": 1e6, "bn": 1e9, "%": 0.01}.get(scale, 1.0))
    return found


def near(product, printed):
    """Whether a product is what is printed, to the last digit of three or the whole unit."""
    return abs(product - printed) <= max(0.0051 * printed, 0.51)


def test_what_a_sentence_shows_as_a_product_gives_its_result(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    book = book_of("2026-10-31", run={"margin": 0.18}, fx=rates, **tables)
    ratings = default.assessment.__wrapped__(book).ratings
    table = limits.recommend(book, ratings)
    checked = dict.fromkeys(("need", "expected-loss budget", "concentration", "capacity"), 0)
    largest = table.sort_values("exposure", ascending=False).index[:25]
    for known in facts_of(book, ratings, largest).values():
        steps = words.explain.steps(known).set_index("topic")["sentence"]
        if "purchases are" in steps["need"]:
            bought, terms, delay, days, need = told(
                steps["need"], r"buys MONEY a month", r"terms of ([\d.]+)( )days", r"delay of ([\d.]+)( )days",
                r"days, ([\d.]+)( )days of", r"are MONEY",
            )  # fmt: skip
            assert terms + delay == pytest.approx(days)
            assert near(bought * days / 30, need), steps["need"]
            checked["need"] += 1
        if "expected-loss budget" in steps:
            budget, rate, lost, allowed = told(
                steps["expected-loss budget"], r"loss of MONEY", r"probability of ([\d.]+) (%)",
                r"given default of ([\d.]+) (%)", r"allows MONEY",
            )  # fmt: skip
            assert near(budget / (rate * lost), allowed), steps["expected-loss budget"]
            checked["expected-loss budget"] += 1
        if "concentration" in steps:
            part, owed, most = told(steps["concentration"], r"than ([\d.]+) (%)", r"\(MONEY\)", r"\): MONEY")
            assert near(part * owed, most), steps["concentration"]
            checked["concentration"] += 1
        for found in re.finditer(rf"of {MONEY}, of which ([\d.]+) % is {MONEY}", steps.get("capacity", "")):
            base, one, part, lent, other = found.groups()
            base, lent = (
                float(text.replace(",", "")) * {"m": 1e6, "bn": 1e9}.get(scale, 1.0)
                for text, scale in ((base, one), (lent, other))
            )
            assert near(base * float(part) / 100, lent), steps["capacity"]
            checked["capacity"] += 1
    assert min(checked.values()) > 3, checked
