"""Models of a suggestion, without files."""

from innv_gui.records import ClassNames, Layer, Model, ModelFacts, ModelSource, Outputs, Preprocessing

K = 4


CLASSES = ("ant", "bee", "cat", "dog")


def model_of(position, n_classes=K, names=CLASSES, name=None, softmax="activation"):
    layers = (Layer("logits", "Dense", (n_classes,), 0, False),)
    layers += (Layer("softmax", "Softmax", (n_classes,), 0, False),) if softmax == "layer" else ()
    source = ModelSource("keras", sha256=f"{position:064x}")
    rule, shape = Preprocessing(), (8, 8, 1)
    facts = ModelFacts(source, shape, n_classes, layers, 0, rule, "", names, Outputs(), ("out",), "logits", None)
    return Model(
        f"m{position}",
        name or f"net{position}",
        chr(65 + position),
        "",
        facts,
        rule,
        names and ClassNames(names, "given"),
    )
