from tradecredit.params.limits import ApprovalLevel
from tradecredit.params.run import Run
from tradecredit.params.size import by_size, not_stated


def run(**sections):
    return Run(entity="Test", currency="JPY", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml", **sections)


def test_amounts_that_are_not_stated_are_in_proportion_to_the_typical_invoice():
    # 3.2 m are 160 × 20,000.
    fitted = by_size(run(), 3_200_000)
    assert fitted.limits.expected_loss_budget == 800_000
    assert fitted.limits.new_buyer_limit == 4_000_000
    assert fitted.limits.without_accounts_limit[5:] == [12e6, 8e6, 4e6, 1.6e6, 0]
    assert [level.up_to for level in fitted.limits.approvals] == [8e6, 40e6, 160e6, None]
    assert fitted.limits.approvals[0].by == "credit analyst"
    assert (fitted.receivables.dust.amount, fitted.receivables.dust.share) == (160, 0.001)
    assert (fitted.receivables.small_rest, fitted.decisions.collect_from) == (16_000, 160_000)
    assert (fitted.payment_plan.least_amount, fitted.payment_plan.least_gain) == (160_000, 80_000)


def test_amounts_are_rounded_to_two_digits():
    assert by_size(run(), 21_000).limits.new_buyer_limit == 26_000  # 26,250


def test_what_the_file_states_stays_and_what_stands_beside_it_does_not():
    stated = run(limits={"new_buyer_limit": 7, "approvals": [{"by": "all"}]}, receivables={"dust": {"share": 0.01}})
    fitted = by_size(stated, 2_000)
    assert fitted.limits.new_buyer_limit == 7
    assert fitted.limits.approvals == [ApprovalLevel(by="all")]
    assert fitted.limits.expected_loss_budget == 500
    assert (fitted.receivables.dust.amount, fitted.receivables.dust.share) == (0.1, 0.01)
    keys = dict(not_stated(fitted))
    assert "limits.new_buyer_limit" not in keys
    assert keys["receivables.dust.amount"] == 0.1


def test_a_run_that_is_fitted_twice_is_fitted_from_the_reference():
    assert by_size(by_size(run(), 2_000), 200_000) == by_size(run(), 200_000)
