"""Ctrl-C acts at the end of what must not be cut short, and at once where it comes twice."""

import signal
import sys

import pytest

from pytest_scaling.run.interruption import deferred, held_back, leave_out_what_has_no_line

pytestmark = pytest.mark.usefixtures("_python_hears_ctrl_c")


@pytest.fixture
def _python_hears_ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(context, done, *parts):
    """Do some parts, each after a Ctrl-C."""
    with context():
        for part in parts:
            signal.raise_signal(signal.SIGINT)
            done.append(part)


def test_one_is_heard_at_the_end():
    done = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(deferred, done, "all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("context", [deferred, held_back])
def test_the_second_strikes_at_once(context):
    done = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(context, done, "a part", "the rest")
    assert done == ["a part"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_is_passed_over_while_a_run_is_put_away():
    with held_back():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_any_nothing_happens():
    with deferred():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tables of lines have another form")
def test_an_interruption_where_there_is_no_line_can_be_shown():
    def interrupted():
        raise KeyboardInterrupt

    nowhere = bytes([0xFF]) * 100  # each entry: eight instructions without a line
    interrupted.__code__ = interrupted.__code__.replace(co_linetable=nowhere)
    with pytest.raises(KeyboardInterrupt) as caught:
        interrupted()
    error = caught.value
    assert error.__traceback__.tb_next.tb_lineno is None
    leave_out_what_has_no_line(error)
    shown = pytest.ExceptionInfo.from_exception(error).getrepr(funcargs=True)
    assert "test_an_interruption_where_there_is_no_line" in str(shown)
