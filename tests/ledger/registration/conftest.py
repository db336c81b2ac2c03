import pytest

from tests.ledger.registration.made import Checkout


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)
