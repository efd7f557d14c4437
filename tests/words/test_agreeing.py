"""What a sentence shows as a product gives the result that it prints: figures by hand, and any figures at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.words.agreeing import agreeing, chance, money_in, plain, share, shown

EUR = money_in("EUR")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("EUR 1.24 m", 1_240_000), ("EUR 412,300", 412_300), ("EUR 2.5 bn", 2.5e9), ("EUR 0.75", 0.75),
        ("0.052 %", 0.00052), ("35 %", 0.35), ("45", 45), ("44.72", 44.72), ("EUR \N{MINUS SIGN}1.20 m", -1_200_000),
    ],
)  # fmt: skip
def test_the_number_that_a_text_shows(text, number):
    assert shown(text) == number


def test_a_text_without_a_number_is_refused():
    with pytest.raises(ValueError, match="shows no number"):
        shown("cannot be estimated")


def test_no_more_digits_than_it_takes():
    # 1.20 m × 75 / 30 is 3.00 m as printed; 5,000 / (0.052 % × 69.9 %) is 13.8 m, with 0.05162 % the 13.9 m printed.
    need = agreeing([(1_198_476.0, EUR), (45.0, plain)], "EUR 3.00 m", lambda a, days: a * (days + 30) / 30, EUR)
    assert need == ["EUR 1.20 m", "45"]
    budget = agreeing([(0.00051620, chance), (0.699, share)], "EUR 13.9 m", lambda q, lost: 5_000 / (q * lost), EUR)
    assert budget == ["0.05162 %", "69.9 %"]


def test_many_digits_are_written_without_empty_ones():
    assert [plain(29.9999997, 7), plain(30.25, 6), plain(1_234.5, 5)] == ["30", "30.25", "1,234.5"]
    assert [EUR(2_938_890, 6), EUR(2_938_890, 4), EUR(2_938_890.55, 9)] == [
        "EUR 2,938,890", "EUR 2.939 m", "EUR 2,938,890.55",
    ]  # fmt: skip


@settings(max_examples=60)
@given(
    probability=st.floats(1e-4, 0.5), lgd=st.floats(0.05, 1.0), budget=st.floats(500, 50_000),
    base=st.floats(1_000, 5e9), part=st.floats(0.01, 0.9), days=st.floats(1, 120),
)  # fmt: skip
def test_any_figures_agree(probability, lgd, budget, base, part, days):
    for factors, calculate in (
        ([(probability, chance), (lgd, share)], lambda q, lost: budget / (q * lost)),
        ([(base, EUR), (part, share)], lambda amount, taken: amount * taken),
        ([(base, EUR), (days, plain)], lambda amount, terms: amount * (terms + 30) / 30),
    ):
        result = EUR(calculate(*(value for value, _ in factors)), 3)
        texts = agreeing(factors, result, calculate, EUR)
        # To half of the last digit that is printed, and the rounding of cents below it.
        printed = calculate(*(shown(text) for text in texts))
        assert printed == pytest.approx(shown(result), rel=0.0051, abs=0.51)
        assert shown(EUR(printed, 3)) == shown(result) or shown(result) < 1e6
