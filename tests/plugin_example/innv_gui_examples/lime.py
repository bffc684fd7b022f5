"""LIME by the library of its authors, which has to be installed beside this (pip install lime)."""

import numpy as np

from innv_gui.plugins import SIGNED, Analyzer, Whole


def explain(question):
    """One map a picture: (H, W), the weight of each superpixel in a linear model (Ribeiro et al. 2016)."""
    from lime.lime_image import LimeImageExplainer

    maps = []
    for picture, score in question.images():
        explainer = LimeImageExplainer(random_state=0)
        grey = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
        found = explainer.explain_instance(
            grey.astype(np.float64),
            lambda copies, score=score: score(copies[..., : question.shape[2]])[:, None],
            labels=(0,),
            top_labels=None,
            hide_color=0,
            batch_size=32,
            num_samples=question.params["samples"],
        )
        weights = dict(found.local_exp[0])
        maps.append(np.vectorize(weights.get)(found.segments))
    return np.stack(maps)


LIME = Analyzer(
    name="lime",
    title="LIME",
    summary="Fits a linear model to the scores of copies in which superpixels are hidden.",
    source="https://doi.org/10.1145/2939672.2939778",
    citation="Ribeiro et al. 2016",
    display=SIGNED,
    stochastic=True,
    run=explain,
    settings={"samples": Whole(200, "Samples", "Changed copies of the picture; each costs a prediction.", low=10)},
)
