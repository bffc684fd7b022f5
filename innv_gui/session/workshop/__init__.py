"""The workshop: small networks trained in seconds on shapes, and the pictures that their classes like best."""
