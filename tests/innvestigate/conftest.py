"""What tests of iNNvestigate's runtime share."""

from tests.innvestigate.worker import worker as worker
