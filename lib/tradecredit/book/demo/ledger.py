"""The demo book: 36 months of an invented company, Demo Trading, and the truth that its ledger hides.

Demo Trading sells from Germany, in euros, pounds and dollars, to companies of twelve countries and fifteen sectors.
Each buyer has a hidden **state** (0 is usual, higher is worse): a lasting quality, plus a passing part (AR(1) by
month: its own, its sector's and its country's shocks), plus a slowdown of the whole economy in months 13 to 22. A
month's failure rate is `exp(FAILURE_LEVEL + FAILURE_LOADING × state)`; days late, accounts, agency scores and limits
follow the state with noise. So a buyer that worsens pays later, shows weaker accounts some months after, and may then
fail. Only `private` buyers can fail.

A failure is an insolvency (payments cease some weeks before it), or the buyer just stops paying and is declared a
protracted default three to five months later. What it owes stays open until a recovery and a write-off.

Each subject draws from its own stream of random numbers, so that a change in one leaves the draws of the others alone.
Companies, people and numbers are composed by chance; none is meant to be real. The module is longer than others because
it holds the world's constants and words, and a function for each table.
"""

from collections.abc import Iterator
from datetime import date
from itertools import cycle, product
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.schema import TABLES, dtype
from tradecredit.errors import ParameterError, Problem

WINDOW_MONTHS, HORIZON_MONTHS = 36, 12
"""Of the ledger; of the true default probability."""
HISTORY_MONTHS = 40
"""Months of hidden state before the window, for the accounts of earlier years."""

# The hidden state, in standard deviations of a usual buyer: the squares of the first four add up to 1.
QUALITY_SD, OWN_SD, SECTOR_SD, COUNTRY_SD = 0.8, 0.5, 0.24, 0.22
PERSISTENCE = 0.96
"""Correlation of each passing part from one month to the next."""
GROUP_SHARE = 0.5
"""Share of the variance of quality that the members of a group have in common."""
SLOWDOWN_START, SLOWDOWN_MONTHS, SLOWDOWN_PEAK = 12, 10, 0.8
"""First month of the window (counted from 0), length, and height in units of the state."""

FAILURE_LEVEL, FAILURE_LOADING = -8.3, 2.2
"""Logs of the monthly rate. The level makes 40 of 600 buyers default in the window on average over seeds."""
PROTRACTED_SHARE, PROTRACTED_LAGS = 0.4, (3, 4, 5)
"""Of failures; months from the last payment to a protracted default, equally likely."""
RECOVERY_NONE_SHARE, RECOVERY_BETA = 0.25, (1.3, 2.2)
"""Defaults that recover nothing; distribution of the share of debt that the others recover."""

LATE_LEVEL, LATE_LOADING, HABIT_SD, MONTH_SD, EARLY_DAYS = 2.75, 0.7, 0.15, 0.15, 4
"""Days late = exp(level + loading × state + buyer's habit + month's noise) × gamma noise of mean 1 − early days."""
MISLAID_SHARE, RETURNED_SHARE, PARTS_SHARE, RESIDUE_SHARE, DISPUTED_SHARE = 0.006, 0.015, 0.03, 0.006, 0.026
"""Of invoices: left lying for a month or more, credited in part, paid in two parts, short-paid, disputed."""

INVOICE_MEAN, INVOICE_SD, BUYER_SIZE_SD, BUYER_FREQUENCY_SD = 9_200.0, 0.55, 0.8, 0.65
"""Mean net invoice in EUR; the spreads of an invoice and of buyers are of logarithms."""
SIZE_LOADING, ORDER_LOADING = 0.2, 0.1
"""Larger buyers are sounder, and buyers order less as they worsen; logs per unit of state."""
KEY_SALES_SHARES, KEY_INVOICE_SHARE = (0.055, 0.047), 0.016
"""The two largest customers' parts of all sales; each one's part of the number of invoices."""
SEASON = np.array([0.90, 0.93, 1.08, 1.00, 1.01, 1.06, 0.96, 0.80, 1.09, 1.11, 1.10, 0.96])
"""Orders a working day, January to December, against the year's mean."""
YEARLY_GROWTH, SLOWDOWN_FALL = 0.05, 0.10
"""Of the number of orders."""
TERMS_DAYS = (14, 30, 45, 60, 90)
DISCOUNT_RATE, DISCOUNT_DAYS, DISCOUNT_SHARE = 0.02, 10, 0.25
"""2/10; the share is of private buyers with 30 days or more."""
HOME, HOME_TAX_RATE = "DE", 0.19
USUAL_DELAY_DAYS, LARGE_BALANCE = 25, 25_000.0
"""For the balance that limits are set by; EUR, the insurer is asked for limits on buyers that owe more."""
USUAL_RATES = {"GBP": 1.16, "USD": 0.91}
"""EUR per unit."""
DISPUTE_REASONS = {"price": 0.3, "quantity": 0.2, "quality": 0.2, "delivery": 0.2, "order number missing": 0.1}

COUNTRIES = pd.DataFrame(
    [  # share of buyers, language, currency, days late in logs, shares of TERMS_DAYS in %, legal forms
        ("DE", 0.34, "de", "EUR", -0.05, (14, 44, 24, 16, 2), "GmbH,GmbH,GmbH & Co. KG,AG,KG"),
        ("AT", 0.07, "de", "EUR", -0.05, (14, 46, 22, 16, 2), "GmbH,GmbH,AG"),
        ("NL", 0.09, "nl", "EUR", -0.05, (12, 48, 20, 18, 2), "B.V.,B.V.,N.V."),
        ("BE", 0.06, "nl", "EUR", 0.00, (8, 46, 20, 24, 2), "BV,BV,NV"),
        ("FR", 0.11, "fr", "EUR", 0.05, (4, 36, 34, 26, 0), "SAS,SARL,SA"),
        ("IT", 0.09, "it", "EUR", 0.15, (2, 22, 10, 46, 20), "S.r.l.,S.r.l.,S.p.A."),
        ("ES", 0.06, "es", "EUR", 0.10, (3, 25, 12, 50, 10), "S.L.,S.L.,S.A."),
        ("PT", 0.03, "pt", "EUR", 0.15, (2, 26, 14, 48, 10), "Lda.,Lda.,S.A."),
        ("IE", 0.02, "en", "EUR", 0.05, (6, 54, 20, 19, 1), "Ltd,Ltd,Ltd,PLC"),
        ("FI", 0.02, "fi", "EUR", -0.12, (42, 48, 6, 4, 0), "Oy,Oy,Oyj"),
        ("GB", 0.07, "en", "GBP", 0.05, (8, 48, 22, 20, 2), "Ltd,Ltd,Ltd,PLC"),
        ("US", 0.04, "en", "USD", 0.00, (2, 54, 20, 22, 2), "Inc.,LLC,Corp."),
    ],
    columns=["country", "share", "language", "currency", "late", "terms", "forms"],
).set_index("country")
LISTED_FORMS = (" AG", " N.V.", " NV", " SA", " S.p.A.", " S.A.", " PLC", " Corp.", " Oyj")

SECTORS = pd.DataFrame(
    {  # share of private buyers; revenue / assets; current assets / assets; inventories / current assets
        "A": (0.04, 0.8, 0.40, 0.45), "C": (0.27, 1.3, 0.55, 0.40), "D": (0.02, 0.7, 0.35, 0.10),
        "E": (0.02, 0.9, 0.40, 0.10), "F": (0.10, 1.5, 0.65, 0.30), "G": (0.24, 2.2, 0.70, 0.50),
        "H": (0.07, 1.5, 0.45, 0.05), "I": (0.04, 1.2, 0.30, 0.10), "J": (0.04, 1.3, 0.60, 0.08),
        "M": (0.05, 1.4, 0.65, 0.06), "N": (0.05, 1.5, 0.55, 0.06), "P": (0.01, 0.9, 0.40, 0.05),
        "Q": (0.03, 1.1, 0.45, 0.08), "S": (0.02, 1.3, 0.50, 0.12), "O": (0.00, 0.8, 0.40, 0.05),
    },
    index=["share", "turnover", "current", "inventories"],
).T  # fmt: skip

# Names: an invented root and a trade, in the order and with the sound of the language.
ROOT_STARTS = "Bal Brev Corv Dor Drem Elv Fal Gor Hav Jol Kelm Lor Nel Orv Pral Quer Rav Sell Tav Ulb Vand Wel Zor"
ROOT_MIDDLES = "a e i o an en er il"
ROOT_ENDS = {
    "de": "beck brink hagen hoff loh mark rode scheid", "nl": "broek dam dijk kamp mans stra veld zaan",
    "fr": "baud chard court mont neau rac vault vic", "it": "betti dani ghini lotti nesi rini tardi zano",
    "es": "daño gosa jano lera quez randa tero tín", "pt": "deira drosa lhão meda nhaes queira rinho valho",
    "en": "bourne combe croft ford ley shaw thorpe wick", "fi": "kangas koski lahti maa niemi pelto ranta salo",
}  # fmt: skip
TRADES = {  # one word a sector, in the order of SECTORS (without O), and its alternatives
    "de": "Agrar/Landhandel Maschinenbau/Metallbau/Kunststofftechnik/Werkzeuge/Möbel/Elektrotechnik Energie Recycling "
    "Bau/Hochbau/Haustechnik Großhandel/Baustoffe/Technik/Handels Spedition/Logistik Hotelbetriebe Software/Systemhaus "
    "Ingenieure Gebäudedienste Akademie Pflege Textilpflege",
    "nl": "Agro Machines/Metaal/Kunststoffen/Techniek/Meubelen Energie Recycling Bouw/Installaties Groothandel/Handel "
    "Transport/Logistiek Horeca Software Ingenieurs Facilitair Opleidingen Zorg Wasserijen",
    "fr": "Agricole Mécanique/Industries/Plastiques/Menuiserie/Métal Énergie Recyclage Bâtiment/Constructions/Travaux "
    "Distribution/Négoce/Matériaux Transports/Logistique Hôtels Informatique Ingénierie Services Formation Santé "
    "Blanchisserie",
    "it": "Agricola Meccanica/Officine/Plastica/Arredamenti/Metalli Energia Ecologia Costruzioni/Impianti "
    "Commerciale/Forniture/Distribuzione Trasporti/Logistica Alberghi Informatica Ingegneria Servizi Formazione "
    "Sanità Lavanderie",
    "es": "Agrícola Industrias/Mecánicas/Plásticos/Talleres/Muebles Energía Reciclajes Construcciones/Instalaciones "
    "Comercial/Distribuciones/Suministros Transportes/Logística Hoteles Informática Ingeniería Servicios Formación "
    "Clínicas Lavanderías",
    "pt": "Agrícola Indústrias/Metalúrgica/Plásticos/Móveis Energia Reciclagem Construções Comércio/Distribuição "
    "Transportes Hotéis Informática Engenharia Serviços Formação Saúde Lavandarias",
    "en": "Farms Engineering/Plastics/Metals/Tools/Furniture/Industries Power Recycling Construction/Building "
    "Trading/Supplies/Wholesale/Distribution Haulage/Logistics Hotels Software/Systems Consulting Services Training "
    "Care Laundries",
    "fi": "Maatalous Konepaja/Metalli/Muovi Energia Kierrätys Rakennus Kauppa/Tukku Logistiikka Hotellit Data "
    "Insinöörit Palvelut Koulutus Hoiva Pesula",
}
TRADE_FIRST = ("fr", "it", "es", "pt")
PUBLIC_NAMES = {  # a council (O), a school (P), a hospital (Q)
    "DE": "Stadt|Hochschule|Klinikum", "AT": "Stadtgemeinde|Fachhochschule|Landesklinikum",
    "NL": "Gemeente|Hogeschool|Ziekenhuis", "FR": "Ville de|Lycée de|Hôpital de",
    "IT": "Comune di|Università di|Ospedale di", "ES": "Ayuntamiento de|Universidad de|Hospital de",
}  # fmt: skip

CALENDAR = np.busdaycalendar(
    holidays=[
        np.datetime64(f"{year}-{day}") for year in range(1960, 2105) for day in ("01-01", "05-01", "12-25", "12-26")
    ]
)
"""Monday to Friday, without the holidays that most of the twelve countries share."""

SUBJECTS = (
    "buyers", "names", "quality", "shocks", "failures", "habits", "invoices", "payments", "receipts", "disputes",
    "recoveries", "statements", "limits", "insurer", "scores", "fx", "overrides",
)  # fmt: skip
"""One stream of random numbers each; a new one comes last."""
EDITION = 50
"""Chosen so that the default seed shows an ordinary book; another number gives other companies to all seeds."""
Random = np.random.Generator


class DemoBook(NamedTuple):
    """The tables of definitions §1.1 by name, and what no ledger shows: buyer_id, date, pd, defaulted_at."""

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


class _World(NamedTuple):
    """What the tables are drawn from: `months` (their first days; the history's come before the window's), `buyers`
    (a row each, see `_companies`, `_failures` and `_customers` for its columns) and `state` (buyers × months)."""

    until: np.datetime64
    months: np.ndarray
    buyers: pd.DataFrame
    state: np.ndarray

    def days(self, column: str) -> np.ndarray:
        return self.buyers[column].to_numpy("datetime64[D]")

    def state_on(self, day: np.ndarray) -> np.ndarray:
        """Return each buyer's state in the months of its row of days (buyers × any number)."""
        month = (self.months.searchsorted(day, side="right") - 1).clip(0)
        return np.take_along_axis(self.state, month, axis=1)


def demo_book(
    *, buyers: int = 600, invoices: int = 60_000, seed: int = 7, until: date = date(2026, 10, 31)
) -> DemoBook:
    """Return the book of Demo Trading for the 36 months that end with the month of `until`.

    `buyers` and `invoices` are the numbers of rows; equal arguments give equal books. Dates are days at midnight;
    amounts are in the row's currency (limits, debt and recovered in EUR), to the cent. Nothing is known after `until`.
    `truth.pd` is the probability that the buyer defaults within the next twelve months given its hidden state on that
    month end and the economy's path, by an exact recursion (`_default_probability`); 1 for a buyer that has stopped
    paying and waits to be declared a protracted default, 0 for buyers that are not `private`.

    Raises `ParameterError` for fewer than 20 buyers, fewer invoices than buyers, a negative seed, and an `until` whose
    year is not from 1990 to 2099.
    """
    _require_possible(buyers, invoices, seed, until)
    streams = np.random.SeedSequence([EDITION, seed]).spawn(len(SUBJECTS))
    random = dict(zip(SUBJECTS, map(np.random.default_rng, streams), strict=True))
    world = _world(buyers, invoices, until, random)
    fx = _fx(world, random["fx"])
    ledger = _ledger(world, fx, invoices, random["invoices"])
    ledger = _with_payment_day(world, ledger, random["payments"])
    disputes = _disputes(world, ledger, random["disputes"])
    receipts = _receipts(world, ledger, disputes, random["receipts"])
    owed = _owed_at_default(world, ledger, receipts)
    recoveries = _recoveries(world, owed, random["recoveries"])
    tables = {
        "buyers": world.buyers,
        "statements": _statements(world, fx, random["statements"]),
        "invoices": ledger,
        "receipts": _with_ids(pd.concat([receipts, recoveries], ignore_index=True), ledger),
        "disputes": disputes.assign(closed=disputes["closed"].where(disputes["closed"] <= world.until)),
        "limits": _limits(world, [_own_limits(world, random["limits"]), _insurer_limits(world, random["insurer"])]),
        "defaults": _defaults(world, owed, recoveries),
        "scores": _scores(world, random["scores"]),
        "fx": fx,
        "overrides": _overrides(world, random["overrides"]),
    }
    return DemoBook({name: _finished(name, frame) for name, frame in tables.items()}, _truth(world))


def write(book: DemoBook, folder: Path) -> None:
    """Write each table and the truth as a CSV file (ISO dates, no index) into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in {**book.tables, "truth": book.truth}.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


def _require_possible(buyers: int, invoices: int, seed: int, until: date) -> None:
    rules = [
        ("buyers", buyers, buyers >= 20, "20 or more are needed for its countries, sectors and groups"),
        ("invoices", invoices, invoices >= buyers, f"at least one for each of the {buyers} buyers is needed"),
        ("seed", seed, seed >= 0, "must not be negative"),
        ("until", until, 1990 <= until.year <= 2099, "a day from 1990 to 2099 is expected"),
    ]
    problems = [
        Problem(file="demo book", column=name, value=value, allowed=allowed, remedy="change the value")
        for name, value, possible, allowed in rules
        if not possible
    ]
    if problems:
        raise ParameterError(problems)


def _finished(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the schema's columns and types, sorted by its key."""
    table = TABLES[name]
    typed = frame[table.names].astype({column.name: dtype(column) for column in table.columns})
    return typed.sort_values(list(table.key), kind="stable", ignore_index=True)


def _working_day(day: np.ndarray, roll: Literal["forward", "backward"] = "forward") -> np.ndarray:
    return np.busday_offset(day.astype("datetime64[D]"), 0, roll=roll, busdaycal=CALENDAR)


# The world: who the buyers are, how they fare, who fails


def _world(count: int, invoices: int, until: date, random: dict[str, Random]) -> _World:
    last = np.datetime64(until, "M")
    months = np.arange(last - (WINDOW_MONTHS + HISTORY_MONTHS - 1), last + 1).astype("datetime64[D]")
    buyers = _companies(count, months[HISTORY_MONTHS], np.datetime64(until, "D"), random["buyers"])
    buyers = _with_names(buyers, random["names"])
    buyers = buyers.assign(quality=_quality(buyers, random["quality"]))
    state = _state(buyers, len(months), random["shocks"])
    failures = _failures(buyers, months, state, random["failures"])
    customers = _customers(buyers, months[HISTORY_MONTHS], invoices, random["habits"])
    return _World(np.datetime64(until, "D"), months, pd.concat([buyers, failures, customers], axis=1), state)


def _companies(count: int, start: np.datetime64, until: np.datetime64, rng: Random) -> pd.DataFrame:
    """Return the buyers table but for names, oldest customers first, with `private`, and `key`: the two largest."""
    days_before = 20 + 6_500 * rng.random(count) ** 1.4
    days_inside = rng.integers(0, (until - start).astype(int) - 30, count)
    age = np.where(rng.random(count) < 0.22, -days_inside, days_before.astype(int))
    since = np.sort(_working_day(start - age))
    order = rng.permutation(count)
    sizes = [min(round(0.015 * count), len(COUNTRIES) - 1), round(0.03 * count), round(0.04 * count)]
    affiliate, public, prepaid, private = np.split(order, np.cumsum(sizes))
    kind = np.full(count, "private", dtype=object)
    kind[affiliate], kind[public], kind[prepaid] = "affiliate", "public", "prepaid"
    country = rng.choice(COUNTRIES.index, count, p=COUNTRIES["share"])
    country[affiliate] = rng.permutation(COUNTRIES.index.drop(HOME))[: len(affiliate)]
    country[public] = rng.choice(list(PUBLIC_NAMES), len(public), p=[0.6, 0.1, 0.1, 0.1, 0.05, 0.05])
    sector = rng.choice(SECTORS.index, count, p=SECTORS["share"])
    sector[affiliate], sector[public] = "G", rng.choice(["O", "P", "Q"], len(public), p=[0.5, 0.2, 0.3])
    key = private[since[private] < start - 400][:2]
    in_group = private[~np.isin(private, key)][: round(0.12 * count)]
    ends = np.cumsum(rng.integers(2, 6, count))
    group = np.full(count, None, dtype=object)
    group[affiliate] = "DEMO"
    for number, members in enumerate(np.split(in_group, ends[ends <= len(in_group) - 2]), start=1):
        group[members] = f"G{number:03d}"
    return pd.DataFrame(
        {
            "buyer_id": [f"B{number:05d}" for number in range(1, count + 1)],
            "country": country,
            "sector": sector,
            "group_id": group,
            "customer_since": since,
            "kind": kind,
            "private": kind == "private",
            "key": np.isin(np.arange(count), key),
        }
    )


def _with_names(buyers: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the buyers with invented names and registration ids; members of a group share the root of their name."""
    roots = {language: _roots(ends, rng) for language, ends in ROOT_ENDS.items()}
    trades = {language: dict(zip(SECTORS.index, words.split(), strict=False)) for language, words in TRADES.items()}
    countries = COUNTRIES.to_dict("index")
    shared: dict[str, str] = {}
    names, taken = [], set()
    rows = buyers[["country", "sector", "kind", "group_id"]].itertuples(index=False)
    for (country, sector, kind, group), chance in zip(rows, rng.random(len(buyers)), strict=True):
        language, forms = countries[country]["language"], countries[country]["forms"].split(",")
        root = shared.get(group) or next(roots[language])
        if isinstance(group, str):
            shared[group] = root
        if kind == "affiliate":
            choice = [f"Demo Trading {country} {forms[0]}"]
        elif kind == "public":
            choice = [f"{PUBLIC_NAMES[country].split('|')['OPQ'.index(sector)]} {root}"]
        else:
            order = "{1} {0} {2}" if language in TRADE_FIRST else "{0} {1} {2}"
            words = trades[language][sector].split("/")
            choice = [order.format(root, trade, form) for trade in words for form in forms]
        first = int(chance * len(choice))
        name = next((name for name in choice[first:] + choice[:first] if name not in taken), choice[first])
        names.append(name)
        taken.add(name)
    numbers = rng.choice(9 * 10**7, len(buyers), replace=False) + 10**7
    registered = [f"{country}-{number}" for country, number in zip(buyers["country"], numbers, strict=True)]
    return buyers.assign(name=names, registration_id=registered)


def _roots(ends: str, rng: Random) -> Iterator[str]:
    """Return the roots of a language in random order; they begin again in books of many thousands of buyers."""
    parts = product(ROOT_STARTS.split(), ROOT_MIDDLES.split(), ends.split())
    return cycle(rng.permutation(["".join(part) for part in parts]))


def _quality(buyers: pd.DataFrame, rng: Random) -> np.ndarray:
    """Return each buyer's lasting part of the state; the two largest are sound."""
    group = buyers["group_id"].factorize()[0]
    own, common = rng.standard_normal((2, len(buyers)))
    mixed = np.sqrt(1 - GROUP_SHARE) * own + np.sqrt(GROUP_SHARE) * common[group]
    quality = QUALITY_SD * np.where(group >= 0, mixed, own)
    return np.where(buyers["key"], -np.abs(quality) - 0.5, quality)


def _state(buyers: pd.DataFrame, months: int, rng: Random) -> np.ndarray:
    own = _autoregression(len(buyers), months, OWN_SD, rng)
    sector = _autoregression(len(SECTORS), months, SECTOR_SD, rng)
    country = _autoregression(len(COUNTRIES), months, COUNTRY_SD, rng)
    passing = own + sector[SECTORS.index.get_indexer(buyers["sector"])]
    passing += country[COUNTRIES.index.get_indexer(buyers["country"])]
    return buyers["quality"].to_numpy()[:, None] + passing + _economy(months)


def _autoregression(rows: int, months: int, sd: float, rng: Random) -> np.ndarray:
    """Return stationary AR(1) paths, rows × months."""
    path = sd * rng.standard_normal((months, rows))
    path[1:] *= np.sqrt(1 - PERSISTENCE**2)
    for month in range(1, months):
        path[month] += PERSISTENCE * path[month - 1]
    return path.T


def _economy(months: int) -> np.ndarray:
    """Return what the slowdown adds to every buyer's state in each of `months` months from the history's first."""
    phase = (np.arange(months) - HISTORY_MONTHS - SLOWDOWN_START + 0.5) / SLOWDOWN_MONTHS
    return SLOWDOWN_PEAK * np.sin(np.pi * phase.clip(0, 1))


def _failures(buyers: pd.DataFrame, months: np.ndarray, state: np.ndarray, rng: Random) -> pd.DataFrame:
    """Return the days of failures: stopped (no payments from it on), last_shipment, defaulted; and default_kind.

    A buyer fails in the month in which its summed rate passes an exponential draw; days are missing if it never does.
    """
    count, window = len(buyers), months[HISTORY_MONTHS:]
    rate = np.exp(FAILURE_LEVEL + FAILURE_LOADING * state[:, HISTORY_MONTHS:])
    at_risk = buyers["customer_since"].to_numpy("datetime64[D]")[:, None] < window
    at_risk &= buyers["private"].to_numpy()[:, None]
    passed = np.cumsum(rate * at_risk, axis=1) >= rng.exponential(size=count)[:, None]
    month = window[passed.argmax(axis=1)].astype("datetime64[M]")
    day = rng.integers(0, 26, count)
    protracted = rng.random(count) < PROTRACTED_SHARE
    lag = np.where(protracted, rng.choice(PROTRACTED_LAGS, count), 0)
    failed = _working_day(month.astype("datetime64[D]") + day)
    days = {
        "stopped": failed - np.where(protracted, 0, rng.integers(10, 36, count)),
        "last_shipment": failed + np.where(protracted, rng.integers(10, 31, count), -1),
        "defaulted": _working_day((month + lag).astype("datetime64[D]") + day),
    }
    never = np.datetime64("NaT")
    failures = pd.DataFrame({name: np.where(passed[:, -1], values, never) for name, values in days.items()})
    return failures.assign(default_kind=np.where(protracted, "protracted", "insolvency"))


def _customers(buyers: pd.DataFrame, start: np.datetime64, invoices: int, rng: Random) -> pd.DataFrame:
    """Return each buyer's lasting habits as a customer.

    frequency (part of all invoices), size (mean net EUR of an invoice), tax_rate, terms (days), habit (of paying late,
    logs), discount (is offered), eagerness (to take it), leaves (day of the last order, missing for most),
    yearly_sales (gross EUR, about).
    """
    count, key = len(buyers), buyers["key"].to_numpy()
    country = COUNTRIES.loc[buyers["country"]]
    frequency = np.exp(BUYER_FREQUENCY_SD * rng.standard_normal(count))
    size = np.exp(BUYER_SIZE_SD * rng.standard_normal(count) - SIZE_LOADING * buyers["quality"].to_numpy())
    frequency *= (1 - key.sum() * KEY_INVOICE_SHARE) / frequency[~key].sum()
    size *= INVOICE_MEAN * (1 - sum(KEY_SALES_SHARES)) / (frequency[~key] @ size[~key])
    frequency[key] = KEY_INVOICE_SHARE
    size[key] = INVOICE_MEAN / KEY_INVOICE_SHARE * np.array(KEY_SALES_SHARES)[: key.sum()]
    odds = np.cumsum(country["terms"].tolist(), axis=1) / 100
    terms = np.array(TERMS_DAYS)[(rng.random(count)[:, None] >= odds).sum(axis=1)]
    terms = np.where(key, 45, np.where(buyers["kind"] == "prepaid", TERMS_DAYS[0], terms))
    tax_rate = np.where(buyers["country"] == HOME, HOME_TAX_RATE, 0.0)
    leaving = (rng.random(count) < 0.1) & (buyers["quality"] < 0) & ~key
    return pd.DataFrame(
        {
            "frequency": frequency,
            "size": size,
            "tax_rate": tax_rate,
            "terms": terms,
            "habit": HABIT_SD * rng.standard_normal(count) + country["late"].to_numpy(),
            "discount": (rng.random(count) < DISCOUNT_SHARE) & (terms >= 30) & buyers["private"],
            "eagerness": rng.beta(1.2, 1.2, count),
            "leaves": pd.Series(start + rng.integers(200, 1_095, count)).where(leaving),
            "yearly_sales": frequency * size * (1 + tax_rate) * invoices / (WINDOW_MONTHS / 12),
        }
    )


# The ledger


def _fx(world: _World, rng: Random) -> pd.DataFrame:
    """Return month-start rates from before the first statement's day to `until`."""
    day = world.months[HISTORY_MONTHS - 30 :]
    paths = np.exp(_autoregression(len(USUAL_RATES), len(day), 0.045, rng))
    tables = [
        pd.DataFrame({"date": day, "currency": currency, "rate": (usual * path).round(4)})
        for (currency, usual), path in zip(USUAL_RATES.items(), paths, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _rate(fx: pd.DataFrame, currency: pd.Series, day: np.ndarray) -> np.ndarray:
    """Return EUR per unit at the last rate on or before each day."""
    rates = fx.pivot_table(index="date", columns="currency", values="rate").assign(EUR=1.0)
    row = rates.index.to_numpy("datetime64[D]").searchsorted(day, side="right") - 1
    return rates.to_numpy()[row, rates.columns.get_indexer(currency)]


def _ledger(world: _World, fx: pd.DataFrame, invoices: int, rng: Random) -> pd.DataFrame:
    """Return the invoices in order of issue: the table's columns, and buyer (its row), cents, rate (EUR per unit)."""
    buyer, issued = _orders(world, invoices, rng)
    of = world.buyers.iloc[buyer]
    currency = of["country"].map(COUNTRIES["currency"]).to_numpy()
    rate = _rate(fx, currency, issued)
    spread = np.exp(INVOICE_SD * rng.standard_normal(invoices) - INVOICE_SD**2 / 2)
    net = (of["size"].to_numpy() * spread / rate * 100).round().clip(1_500)
    tax = (net * of["tax_rate"].to_numpy()).round()
    terms = np.where(rng.random(invoices) < 0.06, rng.choice(TERMS_DAYS[:4], invoices), of["terms"])
    offered = of["discount"].to_numpy()
    return pd.DataFrame(
        {
            "invoice_id": [f"INV-{number:06d}" for number in range(100_001, 100_001 + invoices)],
            "buyer_id": of["buyer_id"].to_numpy(),
            "issued": issued,
            "due": issued + terms,
            "currency": currency,
            "amount": (net + tax) / 100,
            "tax": tax / 100,
            "discount_rate": np.where(offered, DISCOUNT_RATE, np.nan),
            "discount_days": np.where(offered, DISCOUNT_DAYS, np.nan),
            "buyer": buyer,
            "cents": (net + tax).astype(np.int64),
            "rate": rate,
        }
    )


def _orders(world: _World, invoices: int, rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """Return the buyer and the day of each invoice, in order of days: a multinomial draw over buyers × months."""
    start, window = world.months[HISTORY_MONTHS], world.months[HISTORY_MONTHS:]
    days = np.arange(start, world.until + 1)
    days = days[np.is_busday(days, busdaycal=CALENDAR)]
    last = np.fmin(np.fmin(world.days("leaves"), world.days("last_shipment")), world.until)
    begin = np.maximum(days.searchsorted(world.days("customer_since"))[:, None], days.searchsorted(window))
    month_end = days.searchsorted(np.append(window[1:], world.until + 1))
    open_days = (np.minimum(days.searchsorted(last, side="right")[:, None], month_end) - begin).clip(0)
    season = SEASON[window.astype("datetime64[M]").astype(int) % 12]
    growth = (1 + YEARLY_GROWTH) ** (np.arange(WINDOW_MONTHS) / 12)
    slower = 1 - SLOWDOWN_FALL * _economy(len(world.months))[HISTORY_MONTHS:] / SLOWDOWN_PEAK
    frequency = world.buyers["frequency"].to_numpy()[:, None]
    weight = frequency * np.exp(-ORDER_LOADING * world.state[:, HISTORY_MONTHS:]) * open_days * season * growth * slower
    counts = rng.multinomial(invoices, (weight / weight.sum()).ravel())
    cell = np.repeat(np.arange(weight.size), counts)
    issued = days[begin.ravel()[cell] + (rng.random(invoices) * open_days.ravel()[cell]).astype(int)]
    order = np.lexsort((cell, issued))
    return cell[order] // WINDOW_MONTHS, issued[order]


def _with_payment_day(world: _World, ledger: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the ledger with paid_on (the day it is paid if nothing else happens) and discounted (2/10 is taken)."""
    count, buyer = len(ledger), ledger["buyer"].to_numpy()
    of = world.buyers.iloc[buyer]
    issued, due = (ledger[column].to_numpy("datetime64[D]") for column in ("issued", "due"))
    month = np.minimum(world.months.searchsorted(due, side="right"), len(world.months)) - 1
    state, of_month = world.state[buyer, month], MONTH_SD * rng.standard_normal(world.state.shape)[buyer, month]
    mean = np.exp(LATE_LEVEL + LATE_LOADING * state + of["habit"].to_numpy() + of_month)
    late = mean * rng.gamma(2.5, 1 / 2.5, count) - EARLY_DAYS
    late += np.where(rng.random(count) < MISLAID_SHARE, np.exp(3.7 + 0.6 * rng.standard_normal(count)), 0)
    paid_on = _working_day(issued + np.maximum((due - issued).astype(int) + late, 3).astype(int))
    eager = of["eagerness"].to_numpy() / (1 + np.exp(2 * state - 2))
    discounted = of["discount"].to_numpy() & (rng.random(count) < eager)
    in_time = _working_day(issued + rng.integers(6, DISCOUNT_DAYS + 1, count), roll="backward")
    paid_on = np.where(discounted, in_time, paid_on)
    return ledger.assign(paid_on=np.where(of["kind"] == "prepaid", issued, paid_on), discounted=discounted)


def _disputes(world: _World, ledger: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the disputes, with position (row of the ledger), cents, credited (cents) and settled_on."""
    count = len(ledger)
    issued, paid_on = (ledger[column].to_numpy("datetime64[D]") for column in ("issued", "paid_on"))
    wait = np.minimum((paid_on - issued).astype(int), 45)
    opened = _working_day(issued + (rng.random(count) * wait).astype(int), roll="backward")
    closed = _working_day(opened + np.exp(3.3 + 0.7 * rng.standard_normal(count)).clip(2, 240).astype(int))
    share = np.where(rng.random(count) < 0.35, 1.0, rng.uniform(0.05, 0.6, count))
    conceded = rng.choice([0.0, 0.5, 1.0], count, p=[0.5, 0.15, 0.35])
    cents = (ledger["cents"] * share).round().astype(np.int64)
    every = pd.DataFrame(
        {
            "invoice_id": ledger["invoice_id"],
            "opened": opened,
            "closed": closed,
            "amount": cents / 100,
            "reason": rng.choice(list(DISPUTE_REASONS), count, p=list(DISPUTE_REASONS.values())),
            "position": np.arange(count),
            "cents": cents,
            "credited": (cents * conceded).astype(np.int64),
            "settled_on": np.maximum(_working_day(closed + rng.integers(3, 22, count)), paid_on),
        }
    )
    touchiness = DISPUTED_SHARE * np.exp(0.7 * rng.standard_normal(len(world.buyers)) - 0.7**2 / 2)
    disputed = (rng.random(count) < touchiness[ledger["buyer"]]) & (wait > 0) & ~ledger["discounted"]
    still_paying = ~(closed >= world.days("stopped")[ledger["buyer"]])
    return every[disputed & still_paying & (opened <= world.until)].reset_index(drop=True)


def _receipts(world: _World, ledger: pd.DataFrame, disputes: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return all receipts but those after a default: position (row of the ledger), received, cents, kind."""
    count, cents, paid_on = len(ledger), ledger["cents"].to_numpy(), ledger["paid_on"].to_numpy("datetime64[D]")
    issued, discounted = ledger["issued"].to_numpy("datetime64[D]"), ledger["discounted"].to_numpy()
    disputed = np.isin(np.arange(count), disputes["position"])
    state = world.state[:, HISTORY_MONTHS:].mean(axis=1)[ledger["buyer"]]
    chance = rng.random((3, count))
    plain = ~disputed & ~discounted & (paid_on > issued)
    in_parts = plain & (chance[1] < PARTS_SHARE * np.exp(0.5 * state))
    short_paid = plain & ~in_parts & (chance[2] < RESIDUE_SHARE)
    returned = cents * rng.uniform(0.02, 0.15, count) * (~disputed & (chance[0] < RETURNED_SHARE))
    later = cents * rng.uniform(0.25, 0.6, count) * in_parts
    residue = np.minimum(cents * rng.uniform(0.001, 0.01, count), 6_000) * short_paid
    returned_on = _working_day(issued + (rng.random(count) * (paid_on - issued).astype(int)).astype(int), "backward")
    parts = [
        (returned_on, returned, "credit_note"),
        (paid_on, (cents - returned) * DISCOUNT_RATE * discounted, "discount"),
        (_working_day(paid_on + rng.integers(10, 46, count)), later, "payment"),
        (_working_day(paid_on + rng.integers(60, 121, count)), residue, "write_off"),
    ]
    parts = [(day, amount.round().astype(np.int64), kind) for day, amount, kind in parts]
    main = cents - sum(amount for _, amount, _ in parts)
    main[disputes["position"]] -= disputes["cents"]
    position, credited = disputes["position"], disputes["credited"]
    applied = [_applied(np.arange(count), *part) for part in [(paid_on, main, "payment"), *parts]]
    applied.append(_applied(position, disputes["closed"], credited, "credit_note"))
    applied.append(_applied(position, disputes["settled_on"], disputes["cents"] - credited, "payment"))
    receipts = pd.concat(applied, ignore_index=True)
    stopped = world.days("stopped")[ledger["buyer"].to_numpy()[receipts["position"]]]
    return receipts[
        (receipts["received"] <= world.until) & ~(receipts["received"] >= stopped) & (receipts["cents"] > 0)
    ]


def _applied(position: np.ndarray, received: np.ndarray, cents: np.ndarray, kind: str) -> pd.DataFrame:
    return pd.DataFrame({"position": position, "received": received, "cents": cents, "kind": kind})


def _owed_at_default(world: _World, ledger: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return the open invoices of buyers in default by `until`: buyer, position, cents, rate."""
    paid = receipts.groupby("position")["cents"].sum().reindex(ledger.index, fill_value=0)
    owed = ledger.assign(position=ledger.index, cents=ledger["cents"] - paid)
    in_default = (world.days("defaulted") <= world.until)[ledger["buyer"]]
    return owed.loc[in_default & (owed["cents"] > 0), ["buyer", "position", "cents", "rate"]]


def _recoveries(world: _World, owed: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return one recovery (or none) and then the write-off of the rest for each invoice owed, by `until`."""
    count, buyer = len(world.buyers), owed["buyer"].to_numpy()
    share = np.where(rng.random(count) < RECOVERY_NONE_SHARE, 0, rng.beta(*RECOVERY_BETA, count))
    wait = rng.integers(190, 535, count)
    sooner = (60 + rng.random(count) * (wait - 75)).astype(int)
    recovered = (owed["cents"] * share[buyer]).astype(np.int64)
    defaulted, position = world.days("defaulted"), owed["position"]
    rows = [
        _applied(position, _working_day(defaulted + sooner)[buyer], recovered, "recovery"),
        _applied(position, _working_day(defaulted + wait)[buyer], owed["cents"] - recovered, "write_off"),
    ]
    receipts = pd.concat(rows, ignore_index=True)
    return receipts[(receipts["cents"] > 0) & (receipts["received"] <= world.until)]


def _with_ids(receipts: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    rows = receipts.sort_values(["received", "position"], kind="stable")
    numbers = [f"R{number:06d}" for number in range(100_001, 100_001 + len(rows))]
    invoice_id = ledger["invoice_id"].to_numpy()[rows["position"]]
    return rows.assign(receipt_id=numbers, invoice_id=invoice_id, amount=rows["cents"] / 100)


def _defaults(world: _World, owed: pd.DataFrame, recoveries: pd.DataFrame) -> pd.DataFrame:
    """Return the defaults by `until`; debt and recovered in EUR, resolved on the day of the write-off."""
    events = world.buyers[world.days("defaulted") <= world.until]
    after = owed.drop(columns="cents").merge(recoveries, on="position")
    written_off = after[after["kind"] == "write_off"].groupby("buyer")["received"].max()
    debt, recovered = (
        (rows["cents"] * rows["rate"] / 100).groupby(rows["buyer"]).sum().reindex(events.index, fill_value=0).round(2)
        for rows in (owed, after[after["kind"] == "recovery"])
    )
    return pd.DataFrame(
        {
            "buyer_id": events["buyer_id"],
            "date": events["defaulted"],
            "kind": events["default_kind"],
            "debt": debt,
            "recovered": recovered,
            "resolved": written_off.reindex(events.index),
        }
    )


# What is said of the buyers: accounts, limits, scores, judgements


def _statements(world: _World, fx: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the annual accounts published by `until`, in whole units of the buyer's currency."""
    count = len(world.buyers)
    year_end = rng.choice([12, 3, 6, 9], count, p=[0.76, 0.10, 0.08, 0.06])
    size = world.buyers["yearly_sales"].to_numpy() / np.exp(-3.2 + 0.8 * rng.standard_normal(count)).clip(0.002, 0.4)
    chance = rng.random((3, count))
    publishes = world.buyers["private"].to_numpy() & (chance[0] < 0.85)
    listed = world.buyers["name"].str.endswith(LISTED_FORMS).to_numpy() & (size > 30e6) & (chance[1] < 0.5)
    audited = listed | (chance[2] < np.where(size > 12e6, 0.97, 0.12))
    lasting = rng.standard_normal((8, count))
    first = world.months[0].astype("datetime64[M]").astype(int)
    years = np.arange(first // 12, (first + len(world.months)) // 12 + 1)
    buyer, year = (grid.ravel() for grid in np.meshgrid(np.arange(count), years, indexing="ij"))
    month = year * 12 + year_end[buyer] - 1 - first
    period_end = _month_end(world, month)
    published = _working_day(period_end + rng.integers(120, 271, len(buyer)))
    of_year = rng.standard_normal((8, len(buyer)))
    kept = publishes[buyer] & (month >= HISTORY_MONTHS - 25) & (published <= world.until)
    kept &= ~(published >= world.days("stopped")[buyer])
    buyer, month, period_end, published = (values[kept] for values in (buyer, month, period_end, published))
    summed = np.cumsum(world.state, axis=1)
    of = world.buyers.iloc[buyer]
    currency = of["country"].map(COUNTRIES["currency"]).to_numpy()
    accounts = _accounts(
        (summed[buyer, month] - summed[buyer, month - 12]) / 12,
        lasting[:, buyer] + np.array([0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.1])[:, None] * of_year[:, kept],
        size[buyer] / _rate(fx, currency, period_end) * 1.03 ** ((month - HISTORY_MONTHS) / 12),
        SECTORS.loc[of["sector"]].reset_index(drop=True),
    )
    return accounts.assign(
        buyer_id=of["buyer_id"].to_numpy(),
        period_end=period_end,
        published=published,
        currency=currency,
        assurance=np.where(audited[buyer], "audited", "unaudited"),
        market_value=accounts["market_value"].where(listed[buyer]),
    )


def _accounts(state: np.ndarray, noise: np.ndarray, size: np.ndarray, sector: pd.DataFrame) -> pd.DataFrame:
    """Return a year's accounts for each row: ratios follow the state with noise, and the amounts agree."""
    revenue = size * np.exp(-0.06 * state)
    total_assets = (revenue / sector["turnover"] / np.exp(0.25 * noise[0])).round()
    equity = (total_assets * (0.36 - 0.55 * np.tanh(0.3 * state + 0.2 * noise[1]))).round()
    liabilities = total_assets - equity
    current_assets = (total_assets * (sector["current"] * np.exp(0.1 * noise[2])).clip(upper=0.95)).round()
    parts = pd.DataFrame(
        {
            "inventories": sector["inventories"] * np.exp(0.25 * noise[3]),
            "trade_receivables": 0.9 - sector["inventories"],
            "cash": 0.16 * np.exp(-0.5 * state + 0.3 * noise[4]),
            "other": 0.08,
        }
    )
    parts = np.floor(parts.mul(current_assets / parts.sum(axis=1), axis=0))
    current_liabilities = (current_assets / np.exp(0.42 - 0.2 * state + 0.15 * noise[5])).clip(upper=0.97 * liabilities)
    ebit = (total_assets * (0.065 - 0.045 * state + 0.025 * noise[6])).round()
    interest = (liabilities * 0.45 * (0.04 + 0.008 * state.clip(0, 3))).round()
    before_tax = ebit - interest
    return pd.DataFrame(
        {
            "revenue": revenue.round(),
            "ebit": ebit,
            "net_income": (before_tax * np.where(before_tax > 0, 0.75, 1)).round(),
            "interest_expense": interest,
            "total_assets": total_assets,
            "current_assets": current_assets,
            **parts.drop(columns="other"),
            "total_liabilities": liabilities,
            "current_liabilities": current_liabilities.round(),
            "retained_earnings": equity - (0.07 * total_assets * np.exp(0.3 * noise[7])).round(),
            "equity": equity,
            "market_value": (equity.clip(lower=0.08 * total_assets) * np.exp(0.4 - 0.45 * state)).round(),
        }
    )


def _limits(world: _World, decisions: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the decisions by `until`, each valid until the day before the next; a default ends all credit."""
    frame = pd.concat(decisions, ignore_index=True)
    defaulted = world.days("defaulted")[frame["buyer"]]
    frame = frame[(frame["valid_from"] <= world.until) & ~(frame["valid_from"] >= defaulted)]
    ended = frame.drop_duplicates(["buyer", "source"])
    ended = ended.assign(valid_from=world.days("defaulted")[ended["buyer"]], amount=0.0, reason="buyer in default")
    frame = pd.concat([frame, ended[ended["valid_from"] <= world.until]])
    frame = frame.sort_values(["buyer", "source", "valid_from"], kind="stable")
    following = frame.groupby(["buyer", "source"])["valid_from"].shift(-1)
    buyer_id = world.buyers["buyer_id"].to_numpy()[frame["buyer"]]
    return frame.assign(buyer_id=buyer_id, valid_to=following - pd.Timedelta(days=1))


def _own_limits(world: _World, rng: Random) -> pd.DataFrame:
    """Return our own decisions, about one a year: 1.2 to 2 times the usual balance by quality, a few held lower."""
    day = _reviews(world, 330, 401, rng)
    factor = (1.2 + 0.8 / (1 + np.exp(1.2 * world.state_on(day)))) * np.exp(0.08 * rng.standard_normal(day.shape))
    factor = np.where(rng.random(day.shape) < 0.06, 0.5, factor)
    amount = _rounded(_usual_balance(world) * factor * (1 + YEARLY_GROWTH) ** np.arange(day.shape[1]))
    before = np.roll(amount, 1, axis=1)
    reason = np.select([amount > before, amount < before], ["review: raised", "review: reduced"], "review: unchanged")
    reason[:, 0] = np.where(day[:, 0] < world.months[HISTORY_MONTHS], "review: unchanged", "new customer")
    kept = np.broadcast_to(world.buyers["kind"].isin(["private", "public"]).to_numpy()[:, None], day.shape)
    return _decisions("own", kept, {"valid_from": day, "amount": amount, "reason": reason})


def _insurer_limits(world: _World, rng: Random) -> pd.DataFrame:
    """Return the insurer's decisions on larger buyers: granted or refused, then reduced or withdrawn as they worsen."""
    day = _working_day(_reviews(world, 160, 201, rng) + 20)
    count, usual = len(day), _usual_balance(world)
    stress = np.maximum.accumulate(world.state_on(day) + 0.5 * rng.standard_normal(day.shape), axis=1)
    refused = rng.random((count, 1)) < 0.05
    part = np.select([refused | (stress > 2.1), stress > 1.4], [0.0, 0.5], 1.0)
    amount = np.where(part > 0, _rounded(usual * rng.uniform(0.8, 1.8, (count, 1)) * part), 0.0)
    reason = np.where(part == 0, "withdrawn: weaker payment and accounts", "reduced: weaker payment")
    reason[:, 0] = np.select([part[:, 0] == 0, part[:, 0] < 1], ["refused", "granted in part"], "granted")
    changed = part != np.roll(part, 1, axis=1)
    changed[:, 0] = True
    asked = world.buyers["private"].to_numpy()[:, None] & (usual > LARGE_BALANCE) & (rng.random((count, 1)) < 0.72)
    return _decisions("insurer", changed & asked, {"valid_from": day, "amount": amount, "reason": reason})


def _reviews(world: _World, shortest: int, longest: int, rng: Random) -> np.ndarray:
    """Return days of review, buyers × number, so many days apart; the last ones may lie after `until`."""
    steps = rng.integers(shortest, longest, (len(world.buyers), 2 + WINDOW_MONTHS * 31 // shortest))
    steps[:, 0] = rng.integers(0, shortest, len(steps))
    first = np.maximum(world.days("customer_since"), world.months[HISTORY_MONTHS] - steps[:, 0])
    steps[:, 0] = 0
    return _working_day(first[:, None] + np.cumsum(steps, axis=1))


def _usual_balance(world: _World) -> np.ndarray:
    """Return what a buyer owes as a rule (gross EUR, one column): its sales of terms and delay, and an order more."""
    of = world.buyers
    balance = of["yearly_sales"] / 365 * (of["terms"] + USUAL_DELAY_DAYS) + of["size"] * (1 + of["tax_rate"])
    return balance.to_numpy()[:, None]


def _decisions(source: str, made: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return a row for each decision that was made, from arrays of buyers × number."""
    buyer = np.nonzero(made)[0]
    return pd.DataFrame({"buyer": buyer, **{name: values[made] for name, values in columns.items()}, "source": source})


def _rounded(amount: np.ndarray) -> np.ndarray:
    """Return amounts as people set limits: whole thousands when small, coarser steps when large."""
    step = np.select([amount < 5e4, amount < 25e4], [1_000, 5_000], 25_000)
    return np.maximum(np.round(amount / step), 1) * step


def _scores(world: _World, rng: Random) -> pd.DataFrame:
    """Return one agency's yearly scores (0 worst, 100 best) on 60 % of the buyers."""
    first = world.months[HISTORY_MONTHS - 12] + rng.integers(0, 365, len(world.buyers))
    day = _working_day(first[:, None] + 365 * np.arange(WINDOW_MONTHS // 12 + 2))
    opinion = world.state_on(day) + 0.6 * rng.standard_normal(day.shape)
    rated = world.buyers["kind"].isin(["private", "prepaid"]).to_numpy() & (rng.random(len(day)) < 0.63)
    shown = rated[:, None] & (day <= world.until) & ~(day >= world.days("defaulted")[:, None])
    buyer_id = world.buyers["buyer_id"].to_numpy()[np.nonzero(shown)[0]]
    score = np.round(100 / (1 + np.exp(1.1 * opinion - 0.5)))[shown]
    return pd.DataFrame({"buyer_id": buyer_id, "date": day[shown], "agency": "Agency A", "score": score})


def _overrides(world: _World, rng: Random) -> pd.DataFrame:
    """Return three judgements of analysts on sound buyers of long standing; the last one has expired."""
    sound = world.buyers["private"] & world.buyers["stopped"].isna()
    chosen = rng.choice(world.buyers.loc[sound, "buyer_id"].iloc[: len(world.buyers) // 2], 3, replace=False)
    reasons = [
        "Lost its largest customer; told us by telephone",
        "Seasonal need until its new warehouse opens",
        "Guarantee by the parent company",
    ]
    return pd.DataFrame(
        {
            "buyer_id": chosen,
            "grade": [8, np.nan, 4],
            "limit": [np.nan, 60_000, np.nan],
            "reason": reasons,
            "by": ["K. Ostrin, credit control", "M. Haldan, head of credit", "K. Ostrin, credit control"],
            "since": _working_day(world.until - np.array([25, 48, 400])),
            "until": _working_day(world.until + np.array([155, 130, -40])),
        }
    )


# The truth


def _truth(world: _World) -> pd.DataFrame:
    """Return the true default probability on the window's month ends, for customers not in default by then."""
    day = _month_end(world, np.arange(HISTORY_MONTHS, len(world.months)))
    since, defaulted = world.days("customer_since")[:, None], world.days("defaulted")[:, None]
    private, protracted = (
        world.buyers[["private"]].to_numpy(),
        world.buyers[["default_kind"]].to_numpy() == "protracted",
    )
    waiting = protracted & (world.days("stopped")[:, None] <= day)
    probability = np.where(waiting, 1.0, np.where(private, _default_probability(world), 0.0))
    shown = (since <= day) & (day <= world.until) & ~(defaulted <= day)
    row, column = np.nonzero(shown)
    happened = world.buyers["defaulted"].where(world.days("defaulted") <= world.until)
    truth = pd.DataFrame(
        {"buyer_id": world.buyers["buyer_id"].to_numpy()[row], "date": day[column], "pd": probability[shown]}
    )
    types = {"buyer_id": "str", "date": "datetime64[us]", "defaulted_at": "datetime64[us]"}
    return truth.assign(defaulted_at=happened.to_numpy()[row]).astype(types)


def _month_end(world: _World, month: np.ndarray) -> np.ndarray:
    """Return the last days of months, counted from the first of `world.months`."""
    return (world.months[0].astype("datetime64[M]") + month + 1).astype("datetime64[D]") - 1


def _default_probability(world: _World) -> np.ndarray:
    """Return the probability of a default within the horizon, buyers × months of the window, for buyers not failed.

    The passing part of the state is one AR(1), because its shocks share their persistence. So survival over k months
    from the end of month t obeys S[t, k](y, q) = E[exp(−rate(q + y')) S[t + 1, k − 1](y', q) | y], summed on a grid of
    the passing part y and the quality q, and interpolated between its points in logs.
    """
    from scipy.ndimage import map_coordinates

    sd = np.sqrt(OWN_SD**2 + SECTOR_SD**2 + COUNTRY_SD**2)
    passing, quality = np.linspace(-5, 5, 101) * sd, np.linspace(-6, 5, 78) * QUALITY_SD
    gap = (passing - PERSISTENCE * passing[:, None]) / (sd * np.sqrt(1 - PERSISTENCE**2))
    move = np.exp(-(gap**2) / 2)
    move /= move.sum(axis=1, keepdims=True)
    months, economy = len(world.months), _economy(len(world.months) + HORIZON_MONTHS)
    of_buyer = world.buyers["quality"].to_numpy()
    row = np.interp(world.state - of_buyer[:, None] - economy[:months], passing, np.arange(len(passing)))
    column = np.interp(of_buyer, quality, np.arange(len(quality)))
    survival = np.ones((HORIZON_MONTHS + 1, len(passing), len(quality)))
    result = np.empty((len(of_buyer), WINDOW_MONTHS))
    for month in range(len(economy) - 2, HISTORY_MONTHS - 1, -1):
        rate = np.exp(FAILURE_LEVEL + FAILURE_LOADING * (passing[:, None] + quality + economy[month + 1]))
        survival[1:] = move @ (np.exp(-rate) * survival[:-1])
        if month < months:
            insolvent = 1 - survival[HORIZON_MONTHS]
            protracted = np.mean([1 - survival[HORIZON_MONTHS - lag] for lag in PROTRACTED_LAGS], axis=0)
            grid = (1 - PROTRACTED_SHARE) * insolvent + PROTRACTED_SHARE * protracted
            found = map_coordinates(np.log(grid), [row[:, month], column], order=1)
            result[:, month - HISTORY_MONTHS] = np.exp(found)
    return result
