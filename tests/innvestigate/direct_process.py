"""In a process with tf_keras: iNNvestigate called as its own documentation has it, on a sample model."""

import numpy as np

from tests.innvestigate import legacy_process as legacy


@legacy.unconverted
def on_blueprint(blueprint, x, settings_by_name, noise):
    """name -> relevance (n, H, W, C) of the strongest output, for each method in turn.

    Image by image: TensorFlow's kernels round differently in batches, and where LRP's denominators are small that alone
    moves a map by up to 5e-4 of its maximum (seen on digits_resnet with lrp.z).
    """
    from innv_gui.runtimes.innvestigate.bridge import build
    from innv_gui.runtimes.innvestigate.legacy import innvestigate, tf

    found = {}
    for name, settings in settings_by_name.items():
        with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph).as_default():
            model = build(blueprint, x.shape[1:])
            if name == "smoothgrad":
                legacy._add_this_noise(innvestigate, noise)
            analyzer = innvestigate.create_analyzer(name, model, **settings)
            found[name] = np.concatenate([analyzer.analyze(image[None]) for image in x])
    return found
