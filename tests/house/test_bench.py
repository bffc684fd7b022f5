"""Measurements begin with made-up scores in the form of real ones, which has to stay that of a scoring job."""

from bench import suggest
from innv_gui import Session


def test_made_up_scores_can_be_browsed_like_real_ones(tmp_path):
    with Session(tmp_path) as session:
        made = suggest.unread(session, 3000)
        assert len(made.models) == suggest.N_MODELS and len(made.table.rows()) == 3000
        assert made.lists.offers() and (made.scores["distance"] >= 0).all()
