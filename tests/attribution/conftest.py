"""What tests of the attribution engine share."""

from tests.eager import untraced as untraced
