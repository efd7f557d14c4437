"""The labels of this package's tables, and how each is written."""

from tradecredit.columns import columns

LABELS = {
    **columns(
        "money", expected_cash="Expected", expected_cash_error="Standard error of expected", low_95="Lower end, 95 %",
        low_80="Lower end, 80 %", high_80="Upper end, 80 %", high_95="Upper end, 95 %",
        low_95_error="Standard error of lower end, 95 %", low_80_error="Standard error of lower end, 80 %",
        high_80_error="Standard error of upper end, 80 %", high_95_error="Standard error of upper end, 95 %",
        came_in="Received", by_due_day="By due day", by_average_delay="By average delay",
        by_due_day_same_sales="By due day, the model's sales",
        by_average_delay_same_sales="By average delay, the model's sales", year_before="Same weeks of the year before",
        smoothed="Exponential smoothing",
    ),
    **columns("date", week_end="Up to", as_of_then="As known on"),
    **columns("text", span="Span", forecast="Forecast"),
    **columns("count", week="Week", tested="Tested", times="Times"),
    **columns("name", flow="Flow"),
    **columns(
        "percent", within_80="Within the 80 % band", within_95="Within the 95 % band", error_4="Error, 4 weeks",
        bias_4="Bias, 4 weeks", error_13="Error, 13 weeks", bias_13="Bias, 13 weeks",
    ),
    # liquidity
    **columns(
        "money", cash_expected="Cash in hand, expected", cash_low_95="Cash, lower end 95 %",
        cash_high_95="Cash, upper end 95 %", needed_today="Needed in hand today", missing_today="Missing of it today",
        short_depth="Short by, mean", eligible="Eligible", advance="Advance", yearly_interest="Interest of a year",
        cash_expected_error="Standard error of cash in hand, expected",
        cash_low_95_error="Standard error of cash, lower end 95 %",
        cash_high_95_error="Standard error of cash, upper end 95 %",
        amount_error="Standard error of the amount", short_depth_error="Standard error of short by, mean",
        needed_today_error="Standard error of what is needed", missing_today_error="Standard error of what is missing",
        opening_cash="Cash in hand today", expected_receipts="From buyers, expected",
        closing_cash="Cash in hand at the end, expected",
    ),
    **columns(
        "probability", short_probability="Probability of a shortfall",
        short_probability_error="Standard error of the probability",
    ),
    **columns(
        "ratio", ratio_expected="Cash ratio, expected", ratio_low_80="Lower end, 80 %, of the cash ratio",
        ratio_high_80="Upper end, 80 %, of the cash ratio",
    ),
    **columns(
        "figure", cash_cycle="Cash conversion cycle (DIO + DSO − DPO)",
        cash_of_a_day="Cash that one day of DSO less brings in once",
        yearly_worth_of_a_day="Worth of one day of DSO less, a year",
    ),
    **columns(
        "money", claims_in="Claims received", passed_on="Recoveries passed on to the insurer",
        premium_out="Premium, fees and tax", past_recoveries="Recoveries of past defaults, expected",
        past_claims="Claims of past defaults, expected",
    ),
    # drivers
    **columns("money", open_now="Open, not contested", expected_soon="Expected in four weeks"),
    **columns("money", deviation_soon="Standard deviation of that"),
    **columns("number", variance_of_all="Variance, all buyers"),
    **columns("percent", chance="Chance within four weeks"),
    **columns("date", likely_on="Paid by, median", early_on="Paid by, 10 %", late_on="Paid by, 90 %"),
    # reconciled
    **columns("text", reconciled="Beside each other", step="Figure, and what differs"),
    **columns("change", last_month="Since last month", last_year="Since last year"),
}  # fmt: skip
