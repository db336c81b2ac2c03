from functools import cache

import pytest

from tests.planted.rates import Stage
from tests.planted.worlds import TIERS, WORLDS


@pytest.fixture(scope="package")
def stage():
    """Worlds by their name and tier, each with all claims of the suite."""

    @cache
    def set_up(world, tier="quick"):
        return Stage(WORLDS[world], TIERS[tier])

    return set_up
