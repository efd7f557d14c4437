"""Of the questions that a month may answer the summary lists those that its chapters have published something on."""

import json

import pandas as pd

from tradecredit.report import index
from tradecredit.report.data_package import FILE
from tradecredit.report.questions import answered
from tradecredit.words.questions import ANSWERED, OF_A_BUYER


def test_a_question_leads_to_the_section_that_answers_it_and_is_left_out_without_its_picture_or_table(tmp_path):
    asked = dict(ANSWERED)
    folder = tmp_path / "tables" / "06_collections"
    folder.mkdir(parents=True)
    tables = [
        {"name": "due_to_insurer", "rows": 0},  # nothing is due at once: the worklist comes first
        {"name": "worklist", "rows": 1},
        {"name": "moves", "rows": 0},  # nobody is new
        {"name": "next_deadlines", "rows": 1, "shown": False},
    ]
    (folder / FILE).write_text(json.dumps({"resources": tables}))
    nothing = pd.DataFrame()
    pictures = {("07_cash_and_provision", "cash_13_weeks"): {}}
    found = answered(index.Published(nothing, nothing, {}, pictures, tmp_path, nothing)).set_index("question")["link"]
    assert found.to_dict() == {
        "What is to be done first today?": "06_collections.html#answer-worklist",
        "When does the cash of the next 13 weeks come?": "07_cash_and_provision.html#answer-cash_13_weeks",
        OF_A_BUYER: "buyers/index.html",
    }
    assert {"What is to be done first today?", "When does the cash of the next 13 weeks come?"} < set(asked)


def test_of_two_places_of_an_answer_the_first_counts(tmp_path):
    folder = tmp_path / "tables" / "06_collections"
    folder.mkdir(parents=True)
    tables = [{"name": "worklist", "rows": 1}, {"name": "due_to_insurer", "rows": 2}]
    (folder / FILE).write_text(json.dumps({"resources": tables}))
    nothing = pd.DataFrame()
    found = answered(index.Published(nothing, nothing, {}, {}, tmp_path, nothing))
    assert found["question"].is_unique
    assert found["link"].tolist() == ["06_collections.html#answer-due_to_insurer", "buyers/index.html"]
