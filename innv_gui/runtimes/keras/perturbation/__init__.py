"""Methods that change the picture and look at what the network answers: no gradient is needed."""
