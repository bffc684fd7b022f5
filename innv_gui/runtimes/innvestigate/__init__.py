"""iNNvestigate itself, on tf_keras, in a worker process of its own."""
