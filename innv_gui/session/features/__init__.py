"""Features: pictures that activate a class, a neuron or a channel, and the images that do."""
