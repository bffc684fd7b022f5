"""How good is an explanation? Metrics of heatmaps and what follows from them. Pure NumPy.

`metrics` declares what is measured, `ordering` turns a map into an order of blocks, `controls` are the maps that know
nothing of the model, `statistics` compares methods on the same images, `advice` says it in a sentence.
"""
