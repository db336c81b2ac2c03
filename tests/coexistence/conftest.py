from tests.acceptance.conftest import project, store  # noqa: F401 - fixtures
