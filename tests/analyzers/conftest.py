"""What tests of the declarations share."""

from tests.innvestigate.worker import worker as worker
