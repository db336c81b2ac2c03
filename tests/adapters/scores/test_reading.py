"""Scores from every format become the same pairs; what cannot be judged is one sentence."""

from __future__ import annotations

import sys
import zipfile

import pytest

from pytest_scaling import ClaimError, scores
from pytest_scaling.adapters.scores import Pairing
from tests.adapters.scores.files import csv, inspect_eval, inspect_json, lm_eval, sample

FIRST, SECOND = (0.0, 1.0, 0.0, 1.0), (1.0, 1.0, 0.0, 0.0)


def of_csv(folder):
    lines = [
        f"{arm},q{item},{value:g},{item // 2}"
        for arm, values in (("a", FIRST), ("b", SECOND))
        for item, value in enumerate(values)
    ]
    path = csv(folder / "runs.csv", "arm,item,score,document", *reversed(lines))
    return scores(path, arm="a"), scores(path, arm="b")


def of_tsv(folder):
    paths = [
        csv(folder / f"{name}.tsv", "item\tscore\tdocument", *lines)
        for name, values in (("a", FIRST), ("b", SECOND))
        for lines in [[f"q{item}\t{value}\t{item // 2}" for item, value in enumerate(values)]]
    ]
    return scores(paths[0]), scores(str(paths[1]))


def of_lm_eval(folder):
    paths = [
        lm_eval(folder / f"{name}.jsonl", dict(enumerate(values)))
        for name, values in (("a", FIRST), ("b", SECOND))
    ]
    return scores(paths[0]), scores(paths[1])


def of_inspect(write, suffix):
    def both(folder):
        names = ("0-first", "0-second", "1-first", "1-second")
        paths = [
            write(folder / f"{name}.{suffix}", *(map(sample, names, letters)))
            for name, letters in (("a", "ICNC"), ("b", "CCII"))
        ]
        return scores(paths[0]), scores(paths[1])

    return both


def of_rows(folder):
    rows = [
        [{"item": item, "value": value, "document": item // 2} for item, value in enumerate(values)]
        for values in (FIRST, SECOND)
    ]
    return scores(rows[0], label="a"), scores(rows[1], label="b")


def of_frames(folder):
    pandas = pytest.importorskip("pandas")
    first, second = of_rows(folder)
    frame = pandas.concat(
        [pandas.DataFrame(run.source).assign(model=run.label) for run in (first, second)]
    )
    return scores(frame, arm={"model": "a"}), scores(frame, arm={"model": "b"})


FORMATS = {
    "csv": of_csv,
    "tsv": of_tsv,
    "lm-eval": of_lm_eval,
    "inspect eval": of_inspect(inspect_eval, "eval"),
    "inspect json": of_inspect(inspect_json, "json"),
    "rows": of_rows,
    "frames": of_frames,
}


@pytest.mark.parametrize("read", FORMATS.values(), ids=FORMATS)
def test_every_format_gives_the_planted_differences(read, tmp_path):
    first, second = read(tmp_path)
    by_item = Pairing(first, second).read()
    assert by_item.means == (1.0, 0.0, 0.0, -1.0)
    assert (by_item.differ, by_item.spread) == ((1, 1), 1.0)
    by_document = Pairing(first, second, "document").read()
    assert (by_document.means, by_document.sizes) == ((0.5, -0.5), (2, 2))
    assert [first.label, second.label] == ["a", "b"]


def test_truths_and_gaps_are_read_as_data_frames_write_them(tmp_path):
    path = csv(tmp_path / "runs.csv", "item,score,page", "1,True,a", "2,False,nan", "3,true,b")
    assert Pairing(scores(path), scores(path)).read().spread == 1.0
    with pytest.raises(ClaimError, match="no value in the column 'page' by which units"):
        Pairing(scores(path), scores(path), "page").read()


def test_nothing_is_read_before_it_is_judged(tmp_path):
    scores(tmp_path / "later.csv")


def test_pandas_is_not_loaded_for_who_does_not_use_it(tmp_path):
    before = "pandas" in sys.modules
    Pairing(*of_rows(tmp_path)).read()
    assert ("pandas" in sys.modules) == before


def test_where_less_is_better_the_sign_turns(tmp_path):
    first, second = (
        csv(tmp_path / f"{name}.csv", "seed,value", f"0,{loss}", f"1,{loss}")
        for name, loss in (("a", 3), ("b", 1))
    )
    pairing = Pairing(
        scores(first, unit="seed", higher_is_better=False),
        scores(second, unit="seed", higher_is_better=False),
    )
    assert pairing.read().means == (2.0, 2.0)
    assert pairing.about == "score of a minus b, paired by seed"


def test_epochs_of_a_sample_belong_together(tmp_path):
    runs = [
        inspect_eval(
            tmp_path / f"{name}.eval",
            *(sample(item, letter, epoch) for item in ("x", "y") for epoch in (1, 2)),
        )
        for name, letter in (("a", "I"), ("b", "C"))
    ]
    paired = Pairing(scores(runs[0]), scores(runs[1])).read()
    assert (paired.means, paired.sizes) == ((1.0, 1.0), (2, 2))


def test_several_scores_of_a_scorer_have_names_of_their_own(tmp_path):
    runs = [
        inspect_json(
            tmp_path / f"{name}.json",
            *(sample(item, {"help": value, "harm": 0}) for item in ("x", "y")),
        )
        for name, value in (("a", 1), ("b", 3))
    ]
    with pytest.raises(ClaimError, match=r"has match\.help, match\.harm; say which"):
        Pairing(*map(scores, runs)).read()
    given = [scores(run, value="match.help") for run in runs]
    assert Pairing(*given).read().means == (2.0, 2.0)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    paths = [tmp_path / name / "samples.csv" for name in ("one", "two")]
    assert Pairing(*map(scores, paths)).labels == ("one/samples", "two/samples")


def test_a_record_has_no_path_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = csv(tmp_path / "runs.csv", "item,score", "1,0", "2,1")
    inside, outside = scores("runs.csv"), scores(path)
    files = Pairing(inside, outside).read().files
    assert [each["name"] for each in files] == ["runs.csv", "runs.csv"]
    assert str(tmp_path) not in str(files)


GOOD = ("item,score", "q1,1", "q2,0")
WRONG = [
    ((), {}, "runs.csv is empty; its first line names the columns"),
    (("item,score",), {}, "runs.csv has no rows"),
    (("item,score", "q1,1"), {}, "runs.csv has one unit, item q1; an interval needs two"),
    (("item,score", "q1,1,2"), {}, "runs.csv, line 2, has another number of values"),
    (("item,score", "q1"), {}, "runs.csv, line 2, has another number of values"),
    (("item,right", "q1,1", "q2,1"), {}, "has item, right; say which of them is the score"),
    (("name,score", "q1,1", "q2,1"), {}, "no value in the column 'item' that names a unit"),
    (GOOD, {"value": "accuracy"}, "no value in the column 'accuracy' of scores"),
    (GOOD, {"cluster": "page"}, "no value in the column 'page' by which units are clustered"),
    (GOOD, {"arm": "b"}, "no value in the column 'arm' that says which run a row is of"),
    (("item,score", "q1,1", "q1,0"), {}, "item q1 is there twice in runs, runs.csv"),
    (("item,score", "q1,1", "q2,"), {}, "score of item q2 in runs.csv is '', which is no number"),
    (("item,score", "q1,1", "q2,nan"), {}, "is 'nan', which is no number; score what failed"),
    (("item,score", "q1,1", "q2,yes"), {}, "is 'yes', which is no number"),
    (
        ("arm,item,score", "a,q1,1", "b,q1,0"),
        {},
        "has several runs, a, b in the column 'arm'; say which, as in arm={'arm': 'a'}",
    ),
    (
        ("arm,item,score", "a,q1,1", "b,q1,0"),
        {"arm": "c"},
        "no row with 'c' in the column 'arm'; it has a, b",
    ),
    (
        ("item,score,page", "q1,1,1", "q2,0,1"),
        {"cluster": "page"},
        "all 2 units belong to one cluster, 1, by the column 'page'",
    ),
]


@pytest.mark.parametrize(("lines", "given", "sentence"), WRONG)
def test_a_file_that_cannot_be_judged_is_one_sentence(lines, given, sentence, tmp_path):
    run = scores(csv(tmp_path / "runs.csv", *lines), **given)
    with pytest.raises(ClaimError) as caught:
        Pairing(run, run).read()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_units_of_one_run_alone_are_named(tmp_path):
    one = scores(csv(tmp_path / "a.csv", *GOOD))
    other = scores(csv(tmp_path / "b.csv", "item,score", "q1,1", "q3,1", "q4,1"))
    with pytest.raises(ClaimError, match=r"1 only in a \(q2\) and 2 only in b \(q3\)"):
        Pairing(one, other).read()


def test_a_unit_in_two_clusters_is_refused(tmp_path):
    files = [
        csv(tmp_path / f"{name}.csv", "item,score,page", f"q1,1,{page}", "q2,1,9")
        for name, page in (("a", 1), ("b", 2))
    ]
    with pytest.raises(ClaimError, match=r"q1 belongs to the page 1 in a and to 2 in b"):
        Pairing(*map(scores, files), cluster="page").read()


def test_directions_that_differ_are_refused(tmp_path):
    path = csv(tmp_path / "a.csv", *GOOD)
    with pytest.raises(ClaimError, match=r"one metric has one direction"):
        Pairing(scores(path), scores(path, higher_is_better=False))


def test_filters_of_lm_eval_are_told_apart(tmp_path):
    path = lm_eval(tmp_path / "a.jsonl", {0: 1.0, 1: 0.0})
    both = path.read_text("utf-8") + path.read_text("utf-8").replace("strict-match", "flexible")
    path.write_text(both, encoding="utf-8")
    with pytest.raises(ClaimError, match=r"flexible, strict-match in the column 'filter'"):
        Pairing(scores(path), scores(path)).read()
    chosen = scores(path, arm={"filter": "strict-match"})
    assert Pairing(chosen, chosen).read().means == (0.0, 0.0)


def test_another_version_of_the_data_set_is_noticed(tmp_path):
    one = lm_eval(tmp_path / "a.jsonl", {0: 1.0, 1: 0.0})
    other = lm_eval(tmp_path / "b.jsonl", {0: 1.0, 1: 0.0}, doc_hash="another")
    with pytest.raises(ClaimError, match=r"doc_id 0 is not the same in both logs: its doc_hash"):
        Pairing(scores(one), scores(other)).read()


def test_another_metric_is_noticed_unless_both_were_named(tmp_path):
    one = csv(tmp_path / "a.csv", "item,score,f1", "q1,1,0", "q2,0,0")
    other = csv(tmp_path / "b.csv", "item,value", "q1,1", "q2,1")
    with pytest.raises(ClaimError, match="a has the score score and b has value; compare one"):
        Pairing(scores(one), scores(other)).read()
    named = scores(one, value="f1"), scores(other, value="value")
    assert Pairing(*named).read().means == (1.0, 1.0)


def test_older_logs_of_lm_eval_do_not_name_their_metrics(tmp_path):
    path = lm_eval(tmp_path / "a.jsonl", {0: 1.0, 1: 0.0}, metrics=None)
    assert Pairing(scores(path), scores(path)).read().value == "exact_match"


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (
            lambda path: inspect_json(path, sample("x", "C"), status="error"),
            "a run with the status 'error'; run `inspect eval-retry`",
        ),
        (
            lambda path: inspect_json(path, sample("x", "C", error={"message": "m"})),
            "sample 'x' of log.json has no score",
        ),
        (
            lambda path: inspect_json(path, sample("x", "C"), samples=None, status="success"),
            "",
        ),
        (lambda path: csv(path, '{"eval": {}}'), "log.json is no log of inspect_ai with samples"),
        (lambda path: csv(path, '{"eval": '), "log.json is no JSON"),
    ],
)
def test_an_unfinished_log_of_inspect_is_one_sentence(write, sentence, tmp_path):
    run = scores(write(tmp_path / "log.json"))
    with pytest.raises(ClaimError) as caught:
        Pairing(run, run).read()
    assert sentence in str(caught.value)


def compressed_in_a_new_way(path):
    inspect_eval(path, sample("x", "C"))
    content = bytearray(path.read_bytes())
    for place in range(len(content) - 12):  # the method of each member, in both of its headers
        if content[place : place + 4] == b"PK\x03\x04":
            content[place + 8] = 97
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 10] = 97
    path.write_bytes(content)
    return path


def unfinished(path):
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("_journal/start.json", "{}")
    return path


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (compressed_in_a_new_way, "write it with `inspect log convert --to json`"),
        (lambda path: csv(path, "no zip"), "log.eval is no log of inspect_ai"),
        (unfinished, "log.eval has no header.json: the run did not finish"),
    ],
)
def test_a_zip_file_that_cannot_be_read_is_one_sentence(write, sentence, tmp_path):
    run = scores(write(tmp_path / "log.eval"))
    with pytest.raises(ClaimError) as caught:
        Pairing(run, run).read()
    assert sentence in str(caught.value)


def test_files_that_are_none_are_one_sentence(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "latin.csv").write_bytes("item,score\nä,1\n".encode("latin-1"))
    for name, sentence in (
        ("absent.csv", "absent.csv is not there"),
        ("folder.csv", "folder.csv cannot be read"),
        ("latin.csv", "latin.csv is not UTF-8"),
        ("pyproject.toml", "is none of the files that scores() reads"),
    ):
        if name.endswith("toml"):
            csv(tmp_path / name, "x")
        run = scores(tmp_path / name)
        with pytest.raises(ClaimError) as caught:
            Pairing(run, run).read()
        assert sentence in str(caught.value)


@pytest.mark.parametrize("source", [3, ["a"], {"a": 1}, "text"])
def test_what_is_no_table_is_refused(source):
    run = scores(source, label="a")
    with pytest.raises(ClaimError, match=r"scores\(\) takes a file|none of the files"):
        Pairing(run, run).read()
