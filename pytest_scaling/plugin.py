"""The hooks of the plugin, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from .run.fixtures import (  # noqa: F401 - fixtures
    bounds,
    compare,
    curve,
    device,
    estimate,
    exact,
    forecast,
    interaction,
    learner,
    m_large,
    m_middle,
    m_small,
    measure,
    race,
    ranking,
    reversal,
    scaling_claim,
    scaling_numerics,
    smallest_effect,
    spread,
    stopwatch,
    task,
    tasks,
)
from .run.options import add_options

if TYPE_CHECKING:
    from .run.session import Session


def session_if_any(config: pytest.Config) -> Session | None:
    """The run's session, where it has claims; a run without any does not load its module."""
    module = sys.modules.get("pytest_scaling.run.session")
    return module.session_if_any(config) if module else None


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from .spec import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    from .run.devices import configure
    from .run.options import is_worker, read_options

    config.addinivalue_line("markers", "claim(claim): the claim that a test carries")
    options = read_options(config)
    configure(config)
    config.pluginmanager.register(Recorder(config), "scaling-recorder")
    if options.update:
        from .run.finish import check_tree

        check_tree(config)
    if options.confirm:
        from .run.confirmation.choice import Choice, check_run

        check_run(config)
        config.pluginmanager.register(Choice())
    if is_worker(config) or config.getoption("dist", "no") != "no":
        from .run.xdist.processes import register

        register(config)
    if options.on_cluster:
        from .run.resources import connect_early

        connect_early(config)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    from .run.options import options_of

    if options_of(session.config).tier is not None:  # an unknown one is reported before collection
        from .run.session import tier_of

        tier_of(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.failed:
        from .run.collection import say_mistake

        say_mistake(collector, report)
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    from .run.collection import share_body
    from .run.device_tests.parametrize import give_way, parametrize

    share_body(metafunc)
    give_way(metafunc, device)
    parametrize(metafunc, device)


def pytest_report_header(config: pytest.Config) -> list[str]:
    from .run.devices import header

    return header(config)


def pytest_itemcollected(item: pytest.Item) -> None:
    from .run.device_tests.marks import skip_where_missing
    from .run.device_tests.parametrize import put_numerics

    skip_where_missing(item)
    put_numerics(item, device)
    if "benchmark" in getattr(item, "fixturenames", ()):
        from .run.device_tests.benchmark import mark_for_device

        mark_for_device(item)
    if item.get_closest_marker("claim"):
        from .run.collection import keywords_of

        item.extra_keyword_matches.update(keywords_of(item))  # -k plateau finds it by its id


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if any(item.get_closest_marker("claim") for item in items):
        from .run.collection import check
        from .run.session import session_of

        check(session_of(config), items)


def pytest_deselected(items: list[pytest.Item]) -> None:
    claims = [item for item in items if item.get_closest_marker("claim")]
    if claims:
        from .run.session import session_of

        session_of(claims[0].config).deselected += len(claims)


def pytest_report_collectionfinish(
    config: pytest.Config, items: list[pytest.Item]
) -> str | list[str] | None:
    session = session_if_any(config)
    if session is None:
        return None
    if not config.option.collectonly:
        from .run.devices import described_run, is_foretold

        untold = config.get_verbosity() >= 0 and not is_foretold(config)
        return described_run(config) if untold else None
    from .run.prefetch import cost_preview

    return cost_preview(session, items)


@pytest.hookimpl(wrapper=True, trylast=True)  # within the one that reports coverage
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    from .run.devices import reservation

    with reservation(session):
        claims = session_if_any(session.config)
        if claims is not None and not claims.is_worker:
            from .run.prefetch import is_due, prefetch
            from .run.progress import Progress

            if is_due(session):
                with Progress(session.config, claims) as progress:
                    prefetch(claims, session.items, progress.tick)
        done = yield
    if claims is not None:
        claims.stop_training()
    return done


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("claim"):
        from .run.collection import refuse

        refuse(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    generators = getattr(item, "funcargs", {}).get("scaling_numerics")
    if generators is not None:
        generators.keep()
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    generators: Any = pyfuncitem.funcargs.get("scaling_numerics")
    if generators is not None:
        generators.restore()  # other plugins may have seeded them by the name, so by the device
    if pyfuncitem.get_closest_marker("claim") is None:
        return None
    from .run.evaluate import evaluate, pending_named
    from .run.session import session_of

    claims = session_of(pyfuncitem.config)
    if claims.is_worker:  # elsewhere the whole run is prefetched before its first test
        from .run.prefetch import prefetch

        with pending_named(claims):
            prefetch(claims, [pyfuncitem])
    evaluate(claims, pyfuncitem).deliver()
    return True


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    if item.get_closest_marker("claim") and settings.method == "thread":
        from .run.evaluate import announce
        from .run.session import session_of

        announce(session_of(item.config), item, settings.timeout)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> None:
    if item.get_closest_marker("claim"):
        from .run.evaluate import be_silent

        be_silent(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.get_closest_marker("claim"):
        from .run.evaluate import RECORD
        from .run.options import options_of
        from .run.outcome import mark

        fail = options_of(item.config).inconclusive == "fail"
        verbose, style = (item.config.getoption(name, None) for name in ("verbose", "tbstyle"))
        full = (verbose or 0) >= 2 or style == "long"  # None where there is no terminal
        record = item.stash.get(RECORD, None)
        mark(report, call, record, fail_inconclusive=fail, in_full=full)
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    category, letter, word = getattr(report, "claim_status", (None, "", ""))
    return (category, letter, word) if category else None


class Recorder:
    """Keeps the records that come with reports, from this process or from xdist's workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if getattr(report, "claim_record", None) is not None:
            from .run.session import session_of

            session_of(self._config).keep(report)
            if "registration" in report.claim_record:
                from .run.confirmation.result import enter

                enter(session_of(self._config), report.claim_record)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    if hasattr(fixturedef.func, "scaling_claims"):
        from .run.collection import refuse_fixture

        refuse_fixture(fixturedef)
    if fixturedef.scope != "function":
        from .run.device_tests.parametrize import prepared_for_device

        with prepared_for_device(fixturedef, request, device):
            return (yield)
    value = yield
    if fixturedef.argname == "benchmark" and "pytest_benchmark" in type(value).__module__:
        from .run.device_tests.benchmark import prepare

        prepare(value, request.node)
    return value


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_machine_info(
    config: pytest.Config, machine_info: dict[str, Any]
) -> None:
    from .run.device_tests.benchmark import describe_machine

    describe_machine(config, machine_info)


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_benchmark_group_stats(
    benchmarks: list[dict[str, Any]], group_by: str
) -> Generator[None, object, object]:
    from .run.device_tests.benchmark import complete_params

    complete_params(benchmarks, group_by)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    from .run.interruption import leave_out_what_has_no_line

    leave_out_what_has_no_line(excinfo.value)


def pytest_sessionfinish(session: pytest.Session) -> None:
    claims = session_if_any(session.config)
    if claims is None or claims.is_worker:
        return
    from .run.finish import end

    end(claims, session)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around pytest's own: the answers come last
def pytest_terminal_summary(
    terminalreporter: Any, config: pytest.Config
) -> Generator[None, object, object]:
    claims = session_if_any(config)
    if claims is None or not claims.records:
        return (yield)
    from .run.finish import fold_skips, summarise

    fold_skips(terminalreporter.stats.get("skipped", ()))
    done = yield
    summarise(terminalreporter, claims)
    return done


def pytest_unconfigure(config: pytest.Config) -> None:
    claims = session_if_any(config)
    if claims is not None:
        from .run.interruption import held_back

        with held_back():
            claims.close()
    if "pytest_scaling.run.resources" in sys.modules:
        from .run.resources import disconnect

        disconnect(config)
