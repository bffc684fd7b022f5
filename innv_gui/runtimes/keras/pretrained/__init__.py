"""Networks that are made on this machine from published weights."""
