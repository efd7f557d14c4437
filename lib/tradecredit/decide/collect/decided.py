"""What the chapter of limits has decided on a buyer, as far as it is to be collected from: no stage goes against it."""

import pandas as pd

ON_DEBT = ("in default", "enforce", "payment plan", "collect")
"""Kinds of decision on a debt, of which a buyer has one at most; a claim on the policy comes before them."""

COLUMNS = {
    "decided": "str", "authority": "str", "due_day": "datetime64[us]", "amount": "float64", "anchor": "str",
    "stopped": "bool", "hold_authority": "str", "hold_by": "datetime64[us]", "gain_on_waiting": "float64",
}  # fmt: skip


def decided(sheets: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return what is decided on each buyer of whom money is to be had, or to whom deliveries are held back.

    `sheets`: `buyer_sheet.sheets` or `advice`; `records`: `buyer_decisions.records` of them. Index buyer_id, those with
    such a decision:

    - `decided`: `claim`, else one of `ON_DEBT` (missing: only deliveries are held back), with its `authority`,
      `due_day`, `amount` at stake and the `anchor` of its list;
    - `stopped`: deliveries are held back, for whichever reason; `hold_authority` and `hold_by`, who decides on it and
      by when;
    - `gain_on_waiting`: what enforcement, or a plan, is worth more than waiting (missing: not known).

    Source: definitions §4.10.
    """
    # Whoever asks for a standing that is remembered does not wait for the limits' libraries.
    from tradecredit.decide.deliveries import HELD

    asked = pd.concat([records[records["decision"] == "claim"], records[records["decision"].isin(ON_DEBT)]])
    asked = asked.drop_duplicates("buyer_id").set_index("buyer_id").rename(columns={"decision": "decided"})
    held = sheets[sheets["deliveries"].isin([*HELD.values()])]
    buyers = sheets.index[sheets.index.isin(asked.index) | sheets.index.isin(held.index)].rename("buyer_id")
    table = asked[["decided", "authority", "due_day", "amount", "anchor"]].reindex(buyers)
    gain = sheets["gain_on_waiting"].reindex(buyers) if "gain_on_waiting" in sheets else float("nan")
    return table.assign(
        stopped=buyers.isin(held.index),
        hold_authority=held["hold_authority"].reindex(buyers),
        hold_by=held["hold_by"].reindex(buyers),
        gain_on_waiting=gain,
    ).astype(COLUMNS)


def nothing() -> pd.DataFrame:
    """Return the table of `decided` without a row."""
    index = pd.Index([], name="buyer_id", dtype="str")
    return pd.DataFrame({name: pd.Series(dtype=kind, index=index) for name, kind in COLUMNS.items()})
