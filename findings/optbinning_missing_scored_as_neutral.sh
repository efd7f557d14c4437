#!/usr/bin/env bash
# optbinning 1.0.0 (Python 3.11): a scorecard gives a debtor without a value a weight of evidence of 0, neither good nor
# bad, though the fit has a bin "Missing" of its own and its table shows that bin's defaults beside the points. Debtors
# who hand in no accounts default most often here, 20 of 100, and are scored at less than half of that, better than the
# highly geared. What was counted is used only with metric_missing="empirical", given to fit. transform of a single
# variable has the same default, so its event rate of a missing value is 0: no risk at all.
# Seen: "missing: 20.0 % defaulted", "by default: PD 7.6 % missing, 12.2 % high gearing", "empirical: PD 19.6 % missing,
# 9.3 % high gearing", "event rate by transform: 0.0 by default, 0.2 empirical".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    optbinning==1.0.0 ortools==9.15.6755 scikit-learn==1.9.1 pandas==2.3.3 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from optbinning import BinningProcess, OptimalBinning, Scorecard
from sklearn.linear_model import LogisticRegression

gearing = np.concatenate([np.linspace(0, 1, 900), np.full(100, np.nan)])
defaulted = np.zeros(1000, int)
defaulted[300:900:60] = defaulted[600:900:10] = defaulted[900::5] = 1
book = pd.DataFrame({"gearing": gearing})
print(f"missing: {defaulted[900:].mean():.1%} defaulted".replace("%", " %"))

debtors = pd.DataFrame({"gearing": [np.nan, 0.95]})
chances = {}
for name, chosen in (("by default", {}), ("empirical", {"metric_missing": "empirical"})):
    card = Scorecard(binning_process=BinningProcess(["gearing"]), estimator=LogisticRegression()).fit(
        book, defaulted, **chosen)
    chances[name] = card.predict_proba(debtors)[:, 1]
    missing, high = chances[name] * 100
    print(f"{name}: PD {missing:.1f} % missing, {high:.1f} % high gearing")
    bins = card.table(style="detailed").set_index("Bin")
    assert round(bins.loc["Missing", "Event rate"], 3) == 0.2
bins = OptimalBinning(name="gearing").fit(gearing, defaulted)
(plain,) = bins.transform([np.nan], metric="event_rate")
(counted,) = bins.transform([np.nan], metric="event_rate", metric_missing="empirical")
print(f"event rate by transform: {plain:.1f} by default, {counted:.1f} empirical")
assert chances["by default"][0] < 0.1 < chances["by default"][1] and chances["empirical"][0] > 0.19
assert plain == 0 and round(counted, 3) == 0.2
PYTHON
