"""What tests of networks share."""

from tests.eager import untraced as untraced
