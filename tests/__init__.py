"""The tests. What is set here is set before anything is imported."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait would take the cores from those who work
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # several processes share the cores, and networks are small
