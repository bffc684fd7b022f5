"""What tests of the attribution engine share."""

from tests.eager import untraced as untraced
from tests.innvestigate.worker import worker as worker
