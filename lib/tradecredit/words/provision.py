"""Sentences on the provision: what it rests on, what moved it, whether it was enough, and what insurance pays of it."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.columns import Column
from tradecredit.insurance.amounts import borne, disputed_of
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.language import fragment, tr
from tradecredit.measure.columns import LABELS as OF_MEASURE
from tradecredit.measure.default_events import RESOLVED_MONTHS, loss_given_default
from tradecredit.measure.on_account import on_account
from tradecredit.measure.open_items import open_amounts
from tradecredit.provision import movement as moves
from tradecredit.provision.columns import LABELS
from tradecredit.provision.items import FAILED, MATRIX, lost_by_age
from tradecredit.provision.loss_rates import BORROWED, HORIZON, STATED, UNKNOWN, loss_rates, pooled
from tradecredit.provision.outlook import FORECAST, TODAY, basis_of, outlook
from tradecredit.provision.provision import provided, provision_on
from tradecredit.provision.reimbursement import INTEGRAL, by_invoice, matrix_part, posted, reimbursement
from tradecredit.words.formats import counted, first_of, fixed, listed, money, percent, probability, ratio

STANDARDS = {"ifrs": "IFRS 9, simplified approach", "cecl": "US GAAP, CECL (ASC 326-20)"}
METHODS = {
    "roll_rates": "how balances moved from month to month (roll rates, a Markov chain)",
    "defaults": f"which part of past balances was lost within {HORIZON} months",
}
METHOD = "method"
"""The setting of `audit.parameters` that is a key of `METHODS`."""
MOST_SEGMENTS = 5


def with_settings(parameters: pd.DataFrame) -> pd.DataFrame:
    """Return `audit.parameters` with the method in words."""
    values = parameters["setting_value"]
    return parameters.assign(
        setting_value=values.where(values.index != METHOD, values.map(lambda name: METHODS.get(name, name)))
    )


def known(book: Book) -> bool:
    """Return whether a provision can be made from the book and its run: no rate of what is owed is missing."""
    return not np.isnan(provided(book)[0])


def not_known(book: Book) -> str:
    """Return why no provision can be made; empty where one can."""
    if known(book):
        return ""
    rates, settings = loss_rates(book), book.run.provision
    if settings.method == "stated":
        return tr(
            "The stated rates (`provision.rates`) name no rate for some segments: state one for each, or for "
            "`whole book`."
        )
    months = int(rates["rate_months"].max())
    if months < settings.minimum_months:
        return tr(
            "Not testable with this book: it shows what became of balances in {months}, and "
            "{minimum_months} are needed to estimate loss rates. State rates (`provision.method: stated`), "
            "or add settled invoices.",
            months=counted(months, "month"),
            minimum_months=settings.minimum_months,
        )
    return tr(
        "Not testable with this book: its history shows no loss at all, or nothing of the age of some open items, so "
        "that loss rates cannot be estimated. State rates (`provision.method: stated`)."
    )


def instead(book: Book, text: str) -> str:
    """Return what stands in place of a table, where a provision can be made at all; else why none can stands above."""
    return text if known(book) else ""


def headline(book: Book) -> dict[str, tuple]:
    """Return the headline figures: what is posted, its share of receivables before insurance, the asset, the change."""
    losses, owed = provided(book)
    row, moved = posted(book), moves.movements(book)["since_month"]
    return {
        "provision": (row["provision"], book.run.currency),
        "coverage_ratio": (losses / owed if owed > 0 else np.nan, "fraction"),
        "reimbursement_asset": (row["reimbursement_asset"], book.run.currency),
        "provision_change": (moved[moves.CLOSING] - moved[moves.OPENING], book.run.currency),
    }


def found(book: Book) -> str:
    """Return what is expected to be lost of what is owed, and how much of it of buyers that have failed."""
    items, currency = provision_on(book, book.as_of), book.run.currency
    losses, owed = provided(book)
    if not owed > 0:
        return tr("Nothing is owed: there is nothing to provide for.")
    of_failed = items[items["part"] == FAILED]
    told = tr(
        "Of {owed} owed, **{losses}** is expected to be lost, {losses_2}, before insurance.",
        owed=money(owed, currency),
        losses=money(losses, currency),
        losses_2=percent(losses / owed),
    )
    if of_failed.empty:
        return tr("{told} No buyer that owes anything is in default.", told=told)
    share = of_failed["provision"].sum()
    rest = items.loc[items["part"] == MATRIX, "provision"].sum()
    return tr(
        "{told} {share} of it is of {buyers} in default, which {owe} {open_amount}; {rest} of all others, "
        "by the age of what they owe.",
        told=told,
        share=money(share, currency),
        buyers=counted(of_failed["buyer"].nunique(), "buyer"),
        owe=_owe(of_failed),
        open_amount=money(of_failed["open_amount"].sum(), currency),
        rest=money(rest, currency),
    )


def _owe(items: pd.DataFrame) -> str:
    return tr("owes") if len(items["buyer"].unique()) == 1 else tr("owe")


def assumed(book: Book) -> list[str]:
    """Return what the provision takes for granted, in sentences for the top of the chapter."""
    settings, currency = book.run.provision, book.run.currency
    standard = tr(STANDARDS[settings.standard])
    if settings.standard == "cecl" and settings.expedient:
        standard += tr(", with the practical expedient of ASU 2025-05 for current receivables")
    told = [
        tr(
            "Provision by {standard} (`provision.standard`): lifetime expected credit losses, not discounted.",
            standard=standard,
        )
    ]
    if settings.method == "stated":
        told.append(
            tr(
                "Loss rates are stated: {rates_source}. No outlook is applied to them.",
                rates_source=settings.rates_source,
            )
        )
    if settings.write_off_days is not None:
        told.append(
            tr(
                "What buyers that have not failed owe more than {write_off_days} days past due counts as lost "
                "in full (`provision.write_off_days`), by its age alone: {lost}. Chapters 02 and 03 judge what it says "
                "of these buyers, and what may still be collected.",
                write_off_days=settings.write_off_days,
                lost=money(lost_by_age(book).sum(), currency),
            )
        )
    lgd = loss_given_default(book)
    told += [
        tr(
            "Of what a buyer in default owes, {lgd} is expected to come in ({basis}), times what the outlook "
            "leaves of recoveries, until its default is resolved or {resolved_months} months old, and nothing "
            "after that; `provision.recoveries` states others.",
            lgd=percent(1 - lgd.lgd),
            basis=lgd.basis,
            resolved_months=RESOLVED_MONTHS,
        )
    ] * book.has("defaults")
    free = float(on_account(book)["on_account"].clip(lower=0.0).sum())
    account = (
        tr(" {free} that buyers have on account is not set off.", free=money(free, currency)) if free >= CENT else ""
    )
    told.append(
        tr("Amounts are gross of tax: tax that would come back on a loss is not taken off.{account}", account=account)
    )
    return told + _like_all_others(book)


def _like_all_others(book: Book) -> list[str]:
    """Return what is in the matrix although accounts may treat it otherwise: debts of affiliates, and disputes."""
    items, currency = provision_on(book, book.as_of), book.run.currency
    affiliates = (book.buyers["kind"] == "affiliate").to_numpy()[items["buyer"].to_numpy()]
    owed = float(items["open_amount"][affiliates].sum())
    in_dispute = float(disputed_of(book, open_amounts(book), book.as_of).sum())
    told = []
    if owed >= CENT:
        told.append(
            tr(
                "Affiliates, which owe {owed}, are provided for like all others; consolidated accounts leave them out.",
                owed=money(owed, currency),
            )
        )
    if in_dispute >= CENT:
        told.append(
            tr(
                "{in_dispute} in dispute is provided for like all else: what will be credited of it is no "
                "credit loss (IFRS 15), and is not taken off.",
                in_dispute=money(in_dispute, currency),
            )
        )
    return told


def rates(book: Book) -> str:
    """Return what the loss rates rest on, how sure they are, and which segments have those of the whole book."""
    table, settings = loss_rates(book), book.run.provision
    if settings.method == "stated":
        return tr("The rates are stated, not estimated: {rates_source}.", rates_source=settings.rates_source)
    first = table.loc[table["basis"] != UNKNOWN]
    if first.empty:
        return ""
    losing = int(table["losing_buyers"].groupby(level="segment").first().sum())
    row = first.iloc[0]
    told = tr(
        "The rates come from {methods}, over {months} in which {buyers} failed or lost us more than a small rest.",
        methods=tr(METHODS[settings.method]),
        months=counted(int(row["rate_months"]), "month"),
        buyers=counted(losing, "buyer"),
    )
    if row["rate_low"] == row["rate_low"]:
        told += tr(
            " That of current items, {loss_rate}, lies with 90 % confidence between {rate_low} and "
            "{rate_high}, by drawing buyers anew; what one bad year does to all of them is not in that.",
            loss_rate=probability(row["loss_rate"]),
            rate_low=probability(row["rate_low"]),
            rate_high=probability(row["rate_high"]),
        )
    if losing < settings.fewest_losses:
        told += tr(
            " Fewer than {fewest_losses} (`provision.fewest_losses`) are too few to trust, and such an "
            "interval is too narrow: state rates if you know better ones.",
            fewest_losses=settings.fewest_losses,
        )
    basis = table["basis"].groupby(level="segment").first()
    borrowed = basis.index[basis == BORROWED]
    if len(borrowed):
        told += tr(
            " Fewer than {fewest_losses} buyers failed or lost in {list}: the rates of the whole book stand there.",
            fewest_losses=settings.fewest_losses,
            list=first_of(list(borrowed), MOST_SEGMENTS),
        )
    told += _pooled(book)
    unknown = table.index[table["basis"] == UNKNOWN].get_level_values("bucket").unique()
    if len(unknown):
        told += tr(" Not testable with this book: {unknown}.", unknown=listed(unknown))
    return told


def _pooled(book: Book) -> str:
    """Return where older balances did better than younger ones in the history, and what is made of that."""
    found = pooled(book)
    if not len(found):
        return ""
    ages = listed(found.get_level_values("bucket").unique())
    if book.run.provision.segments:
        names = found.get_level_values("segment")
        names = names.where(loss_rates(book).loc[found, "basis"] != BORROWED, tr(BORROWED))
        segments = first_of(list(names.unique()), MOST_SEGMENTS)
        ages = tr("{ages}; {segments}", ages=ages, segments=segments)
    return tr(
        " An older balance is taken to be no better than a younger one: where the history has it otherwise ({ages}), "
        "neighbouring ages share one rate, their mean by amount, so that all ages together lose as much as before. The "
        "rates before stand beside them.",
        ages=ages,
    )


def ahead(book: Book) -> str:
    """Return what the outlook makes of the rates, and from what."""
    basis = basis_of(book)
    if basis not in (FORECAST, TODAY):
        return ""
    view = outlook(book, book.as_of, basis)
    mean = float((view.scenarios["weight"] * view.scenarios["outlook_factor"]).sum())
    told = tr(
        "The outlook multiplies loss rates by **{mean}** on average over the buyers.{by_buyer}",
        mean=ratio(mean),
        by_buyer=_by_buyer(book),
    )
    index = view.insolvencies
    if np.isnan(index.now):
        told += tr(
            " Without an index of insolvencies (`default.insolvency_index`) the economy of the past years stands."
        )
    elif basis == TODAY:
        told += tr(
            " The index of insolvencies stands at {now}, and was {then} in the years of the rates; it is "
            "taken to stay there (ASU 2025-05).",
            now=fixed(index.now, 0),
            then=fixed(index.then, 0),
        )
    else:
        told += tr(
            " The index of insolvencies is expected at {ahead} over the next 12 months, and was {then} in "
            "the years of the rates.",
            ahead=fixed(index.ahead, 0),
            then=fixed(index.then, 0),
        )
    if len(view.scenarios) > 1:
        weights = [f"{fragment(name)} {percent(row['weight'])}" for name, row in view.scenarios.iterrows()]
        told += tr(" Scenarios weigh {weights} (`provision.scenario_weights`; a judgement).", weights=listed(weights))
    elif basis == FORECAST:
        told += tr(" No scenarios are weighed (`provision.scenario_weights`).")
    return told


def _by_buyer(book: Book) -> str:
    """Return between which factors the open invoices of the matrix lie, and what has none."""
    found = provision_on(book, book.as_of)
    factor = found.loc[found["part"] == MATRIX, ["outlook_factor", "open_amount"]]
    if factor.empty or not factor["open_amount"].sum() > 0:
        return ""
    mean = (factor["outlook_factor"] * factor["open_amount"]).sum() / factor["open_amount"].sum()
    low, high = factor["outlook_factor"].min(), factor["outlook_factor"].max()
    between = (
        tr(" Of today's open invoices the factor is {low}", low=ratio(low))
        if ratio(low) == ratio(high)
        else tr(
            " By country and sector it lies between {low} and {high}, at {mean} by amount",
            low=ratio(low),
            high=ratio(high),
            mean=ratio(mean),
        )
    )
    return tr(
        "{between}; of buyers in default, and past the write-off point, it is 1: their loss rate has the "
        "outlook in it, by the recoveries, or is 100 %.",
        between=between,
    )


def failed(book: Book) -> str:
    """Return how much of the provision a single failed buyer is, where one is more than half of it."""
    items, total = provision_on(book, book.as_of), provided(book)[0]
    by_buyer = items[items["part"] == FAILED].groupby("buyer")["provision"].sum()
    if by_buyer.empty or not by_buyer.max() > total / 3:
        return ""
    name = book.buyers["buyer_id"].iloc[int(by_buyer.idxmax())]
    return tr(
        "{name} alone is {by_buyer} of the provision: what comes in from it decides more than the rates "
        "do. Once more is known of it, `provision.recoveries` states what is expected.",
        name=name,
        by_buyer=percent(by_buyer.max() / total),
    )


def insurance(book: Book) -> str:
    """Return what insurance is expected to pay of what is provided for, and how it is posted."""
    policy, currency = policy_in_force(book), book.run.currency
    if policy is None:
        return ""
    if not borne(policy):
        return tr(
            "{name} is of a kind that pays nothing of an ordinary loss: nothing is expected of it.", name=policy.name
        )
    paid = reimbursement(book)
    of_failed = paid.by_loss - paid.lapsed - matrix_part(book)
    told = tr(
        "{name} would pay {by_loss} of these losses, each by itself and before the aggregate first loss, {of_failed} "
        "of them of buyers that have failed.",
        name=policy.name,
        by_loss=money(paid.by_loss, currency),
        of_failed=money(of_failed + paid.lapsed, currency),
    )
    if paid.lapsed >= CENT:
        told += tr(
            " {lapsed} of that was to be claimed by a day that has passed, and no claim is on record: it "
            "is not counted.",
            lapsed=money(paid.lapsed, currency),
        )
    if paid.first_loss >= CENT:
        years = (
            tr("of the policy's year")
            if paid.years == 1
            else tr("of the {years} policy years that the losses lie in", years=paid.years)
        )
        most = money(paid.first_loss, currency)
        told += tr(
            " The aggregate first loss {years} keeps up to {most}; it is taken to be unused.", years=years, most=most
        )
    missed = float(by_invoice(book).query("report_past")["reimbursement"].sum())
    if missed >= CENT:
        told += tr(
            " {missed} of what is counted is of invoices whose report to the insurer is past its day: if "
            "it was not made, the insurer may refuse them (chapter 06).",
            missed=money(missed, currency),
        )
    if paid.paid < CENT:
        return tr(
            "{told} The first loss may keep all of it: **nothing is posted** for insurance. The expected indemnity of "
            "chapter 05 is of the losses of the coming year, after the first loss: it comes in the few years whose "
            "losses pass the first loss by far, and is no asset of today's.",
            told=told,
        )
    if paid.maxima >= CENT:
        told += tr(" {maxima} lies above the maxima of the years.", maxima=money(paid.maxima, currency))
    row = posted(book)
    if book.run.provision.insurance == INTEGRAL:
        return tr(
            "{told} The run states that insurance is integral to the terms of the receivables: the "
            "provision posted is **{provision}**, net of {paid}.",
            told=told,
            provision=money(row["provision"], currency),
            paid=money(paid.paid, currency),
        )
    return tr(
        "{told} The run states that insurance is separate (`provision.insurance`): **{paid}** may stand as "
        "an asset of its own, of which accounts recognise what is virtually certain alone (IAS 37.53, by "
        "analogy): an invoice whose loss has come about, whose claim the insurer has accepted. The "
        "provision is not net of it.",
        told=told,
        paid=money(paid.paid, currency),
    )


def standards(table: pd.DataFrame, currency: str) -> str:
    """Return what the provision would be by the other standard, and why; `table`: `audit.standards`."""
    expedient = table.iloc[-1]
    if not abs(expedient["difference"]) >= CENT:
        return tr("IFRS 9 and CECL, with the expedient of ASU 2025-05 or without, give the same provision here.")
    way = tr("less") if expedient["difference"] < 0 else tr("more")
    return tr(
        "With the expedient of ASU 2025-05, by which the conditions of the day last, CECL would provide "
        "{difference} {way} than IFRS 9; without it the same. Credit insurance that is a contract of its "
        "own is not netted by CECL either (ASC 326-20-30-12).",
        difference=money(abs(expedient["difference"]), currency),
        way=way,
    )


def is_stated(book: Book) -> bool:
    """Return whether the run states its rates."""
    return bool((loss_rates(book)["basis"] == STATED).any())


def rate_columns(book: Book) -> list[str]:
    """Return the columns of `loss_rates.loss_rates` that a page shows: the segment where there are several.

    Where ages were pooled, their rates before stand in place of the standard errors.
    """
    second = "rate_before" if len(pooled(book)) else "rate_error"
    shown = ["bucket", "loss_rate", second, "rate_low", "rate_high", "basis", "losing_buyers"]
    return ["segment", *shown] if book.run.provision.segments else shown


def roll_columns(rolls: pd.DataFrame) -> dict[str, Column]:
    """Return the labels of `loss_rates.roll_rates` for a page: its buckets are shares, whatever the run calls them."""
    buckets = {name: Column(name, "percent") for name in rolls.columns}
    return {"bucket": OF_MEASURE["bucket"]} | buckets | {name: LABELS[name] for name in rolls.columns if name in LABELS}
