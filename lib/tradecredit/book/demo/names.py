"""Invented names of buyers: a root and a trade, in the order and with the sound of the language."""

from collections.abc import Iterator
from itertools import cycle, product

import numpy as np
import pandas as pd

from tradecredit.book.demo.places import COUNTRIES, PUBLIC_NAMES, SECTORS

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


def with_names(buyers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
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


def _roots(ends: str, rng: np.random.Generator) -> Iterator[str]:
    """Return the roots of a language in random order; they begin again in books of many thousands of buyers."""
    parts = product(ROOT_STARTS.split(), ROOT_MIDDLES.split(), ends.split())
    return cycle(rng.permutation(["".join(part) for part in parts]))
