"""Training a person's model again with a part of the pictures painted out, in slices.

`learned`: what of a network learns, and who is refused. `pictures`: what the network is shown. `loop`: one compiled
step, Adam written out. `behaviour`: what a network does before and after. `retrain`: the tasks. `file`: the new model.
"""
