"""Methods that put patterns in place of weights; patterns are fitted on images first."""

from innv_gui.analyzers.declaration import RGB, SIGNED, Analyzer, own

SOURCE, CITATION = "https://doi.org/10.48550/arXiv.1705.05598", "Kindermans et al. 2018"

PATTERN_NET = Analyzer(
    name="pattern.net",
    title="PatternNet",
    summary="Projects the score back by what each layer learnt to respond to: the signal, without what only distracts.",
    run=own("patterns.methods:net"),
    display=RGB,
    family="patterns",
    fitted=True,
    source=SOURCE,
    citation=CITATION,
)

PATTERN_ATTRIBUTION = Analyzer(
    name="pattern.attribution",
    title="PatternAttribution",
    summary="Shows how much the signal in each pixel adds to the score, by patterns times weights.",
    run=own("patterns.methods:attribution"),
    display=SIGNED,
    family="patterns",
    fitted=True,
    source=SOURCE,
    citation=CITATION,
)

ANALYZERS = (PATTERN_NET, PATTERN_ATTRIBUTION)
