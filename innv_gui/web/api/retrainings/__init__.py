"""A person's model trained again with a part of the pictures painted out."""
