"""Who writes letters, in which language, and to which account: what is taken, and what is refused by name."""

import pytest
import yaml
from pydantic import ValidationError

from tradecredit.errors import ParameterError
from tradecredit.params.collect import CollectionSettings
from tradecredit.params.late_interest import LateInterestLaw, kept_laws
from tradecredit.params.letters import BankAccount, LetterSettings
from tradecredit.params.run import Run

SENDER = {"address": ["1 High Street"], "email": "a@example.org"}
ACCOUNT = {"iban": "DE89 3704 0044 0532 0130 00"}


# Examples of the registry of IBANs (SWIFT, IBAN Registry, release 99).
@pytest.mark.parametrize(
    "iban",
    ["DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "FR14 2004 1010 0505 0001 3M02 606",
     "NO93 8601 1117 947", "ch93 0076 2011 6238 5295 7"],
)  # fmt: skip
def test_ibans_of_the_registry_are_taken_in_any_spacing(iban):
    assert BankAccount(iban=iban).iban == iban.replace(" ", "").upper()


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({"iban": "DE89 3704 0044 0532 0130 01"}, "check digits"),  # one digit wrong
        ({"iban": "DE89 3704 0044 0532 0103 00"}, "check digits"),  # two changed places
        ({"iban": "DE89 3704 0044 0532 0130 0"}, "check digits"),  # one missing
        ({"iban": "12345678"}, "an IBAN is expected"),
        ({"iban": ACCOUNT["iban"], "account_number": "1"}, "either iban or account_number"),
        ({"bank": "Ours"}, "either iban or account_number"),
        ({"account_number": "1", "bic": "COBADEFFX"}, "eight or eleven"),
    ],
)
def test_an_account_that_cannot_be_paid_to_is_refused(account, told):
    with pytest.raises(ValidationError, match=told):
        BankAccount(**account)


def test_a_language_without_letters_is_refused_by_name(tmp_path):
    letters = SENDER | {"accounts": [ACCOUNT], "language_by_country": {"IT": "it"}}
    content = {"entity": "E", "currency": "EUR", "source": {"kind": "demo"}, "collections": {"letters": letters}}
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ParameterError) as caught:
        Run.from_yaml(tmp_path / "run.yaml")
    told = str(caught.value)
    assert "collections.letters.language_by_country.IT" in told
    assert "'it'" in told
    assert "'en', 'de', 'fr' or 'zh'" in told


def test_languages_go_by_country_and_the_default_is_english():
    settings = LetterSettings(**SENDER, accounts=[ACCOUNT])
    asked = ["DE", "AT", "FR", "CN", "US", None]
    assert [settings.language_of(country) for country in asked] == ["de", "de", "fr", "zh", "en", "en"]
    other = LetterSettings(**SENDER, accounts=[ACCOUNT], language="de", language_by_country={"BE": "fr"})
    assert [other.language_of(country) for country in ("BE", "FR", None)] == ["fr", "de", "de"]


def test_accounts_go_by_currency_and_the_one_without_takes_all_others():
    pounds, rest = {"account_number": "1", "currencies": ["GBP"]}, ACCOUNT
    settings = LetterSettings(**SENDER, accounts=[rest, pounds])
    assert settings.account("GBP").account_number == "1"
    assert settings.account("USD").iban == "DE89370400440532013000"
    assert LetterSettings(**SENDER, accounts=[pounds]).account("EUR") is None


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"address": ["x"], "accounts": [ACCOUNT]}, "state email or phone"),
        (SENDER | {"accounts": []}, "at least 1 item"),
        (SENDER | {"accounts": [ACCOUNT, ACCOUNT]}, "two are for all other currencies"),
        (SENDER | {"accounts": [ACCOUNT | {"currencies": ["EUR"]}] * 2}, "two are for EUR"),
    ],
)  # fmt: skip
def test_letters_that_could_not_be_answered_or_paid_are_refused(stated, told):
    with pytest.raises(ValidationError, match=told):
        LetterSettings(**stated)


def test_without_a_sender_there_are_no_letters():
    assert CollectionSettings().letters is None


def test_a_law_is_cited_in_its_own_countries_alone(tmp_path):
    (tmp_path / "law.yaml").write_text(
        "name: x\nsource: y\ncountries: [DE]\nkinds: [private]\nin_force: 2020-01-01\ndaily_rate: 0.1\nreference: r\n"
        "rate_holds: half_year\nrates: {}\ncurrency: EUR\ncited_as: {FR: z}\n"
    )
    with pytest.raises(ParameterError, match="cited_as: FR is none of the law's countries"):
        LateInterestLaw.from_yaml(tmp_path / "law.yaml")


def test_laws_are_cited_in_their_own_words():
    cited = {(law.name, country): text for law in kept_laws() for country, text in law.cited_as.items()}
    assert cited["Germany, BGB 288", "DE"] == "§§ 286, 288 BGB"
    assert {country for _, country in cited} >= {"DE", "AT", "FR", "GB", "NL", "IT", "ES", "CN", "CH", "PL"}
    assert [law.name for law in kept_laws() if law.for_small_creditors] == ["China order 802", "India, MSMED Act"]
