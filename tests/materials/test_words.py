"""words and words-pairs: lists as wordfreq packs them, folded, balanced, and shown as features."""

import gzip
import hashlib
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

import msgpack
import numpy as np
import pytest

from fixtures.tasks import words as module
from fixtures.tasks.words import LANGUAGES, LETTERS, LONGEST, Words, fold, folded, words
from fixtures.tasks.words_pairs import SIGNS, pairs, words_pairs
from pytest_scaling.experiments.sampling import overlap_of
from tests.materials.blocks import largest_z

ROOT = Path(__file__).parents[2]
LEAST = 30  # words of the language of a test that has fewest, which is the last one
SHARED = ("hotel", "hôtel", "taxi")  # each of them in four languages
KNOWN = {  # words of the true task, folded
    "aujourdhui": "fr",
    "dziekuje": "pl",
    "emburrado": "pt",
    "huisdier": "nl",
    "trevlig": "sv",
    "vriendelijk": "nl",
}
IN_ANOTHER_PROCESS = """
import hashlib, sys
from pathlib import Path
from fixtures.tasks import words as module
module.Words.folder = lambda self: Path(sys.argv[1])
module.Words.sha256 = sys.argv[2]
print(hashlib.sha256(module.read().tobytes()).hexdigest())
"""

installed = pytest.mark.skipif(bool(words.unavailable()), reason=words.unavailable())


def packed(listed, header=module.FORMAT):
    """A list as wordfreq packs it: a header, then words by how rare they are."""
    levels = [[], *([word] for word in listed[:2]), [], sorted(listed[2:])]
    return gzip.compress(msgpack.packb([header, *levels]), mtime=0)


def spelt_with(language, number):
    """A word that no other language of the tests has: two signs for its language, two numbers."""
    digits = divmod(number, LETTERS)
    return "".join(chr(ord("a") + code) for code in (language, language, *digits))


def made(language):
    """Words of a language: its own, some that others have as well, and some that cannot be."""
    own = [spelt_with(language, number) for number in range(LEAST + 11 - language)]
    shared = SHARED[language % len(SHARED)]
    return [shared, *own, "don't", "abc", "x" * (LONGEST + 1), "r2d2", "слово"]


def written(folder, lists):
    """The packed lists in a folder like that of the package, and their SHA-256."""
    (folder / "data").mkdir(parents=True)
    contents = [packed(each) for each in lists]
    for file, content in zip(Words.files, contents, strict=True):
        (folder / file).write_bytes(content)
    return hashlib.sha256(b"".join(contents)).hexdigest()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The task with lists of this test in place of the true ones; returns the package's folder."""
    folder = tmp_path / "wordfreq"
    monkeypatch.setattr(Words, "sha256", written(folder, map(made, range(len(LANGUAGES)))))
    monkeypatch.setattr(Words, "folder", lambda self: folder)
    monkeypatch.setattr(Words, "size", LEAST * len(LANGUAGES))
    monkeypatch.setattr(Words, "test_rows", 60)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    module.table.cache_clear()
    yield folder
    module.table.cache_clear()


def read_back(x):
    """Words out of their indicators: (rows, 312) -> texts."""
    places = x.reshape(len(x), LONGEST, LETTERS)
    assert set(np.unique(places.sum(2)).tolist()) <= {0, 1}
    codes = np.where(places.any(2), ord("a") + places.argmax(2), ord(" "))
    return ["".join(map(chr, row)).rstrip() for row in codes]


def codes(word):
    """Letters 1 to 26, zero after the last one: (LONGEST,)."""
    return [ord(sign) - ord("a") + 1 for sign in word] + [0] * (LONGEST - len(word))


def whole(task, seed):
    """All rows of a split: training, then test."""
    return [
        np.concatenate(part)
        for part in zip(task.draw(seed, task.most_rows), task.test_set(seed), strict=True)
    ]


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("plain", "plain"),
        ("façade", "facade"),
        ("ångström", "angstrom"),
        ("straße", "strasse"),
        ("smørrebrød", "smorrebrod"),
        ("ærlighet", "aerlighet"),
        ("œuvre", "oeuvre"),
        ("żółć", "zolc"),
        ("đurđa", "durda"),
        ("příliš", "prilis"),
        ("vrĳdag", "vrijdag"),
        ("o\u0308l", "ol"),  # the dots as a sign of their own
        ("l'été", "l'ete"),
        ("слово", "слово"),
        ("þorn", "þorn"),
    ],
)
def test_signs_on_letters_are_dropped_and_a_few_letters_are_spelt(word, letters):
    assert fold(word) == letters


def test_words_with_other_signs_and_short_and_long_ones_are_left_out():
    kept = ["four", "twelveletter", "été" + "s"]
    others = ["abc", "été", "twelveletters", "don't", "r2d2", "ice-cream", "слово", "two words", ""]
    assert folded(packed(kept + others)).tolist() == [b"etes", b"four", b"twelveletter"]


def test_a_letter_that_is_spelt_counts_as_two():
    assert folded(packed(["œuf", "abcdefghijkß"])).tolist() == [b"oeuf"]


def test_a_word_that_a_language_has_with_and_without_an_accent_is_one():
    assert folded(packed(["resume", "résumé", "resumé"])).tolist() == [b"resume"]


def test_a_list_in_another_format_is_one_sentence():
    with pytest.raises(ValueError, match=r"^a list of words begins with"):
        folded(packed(["word"], {"format": "cB", "version": 2}))


@pytest.mark.usefixtures("small")
def test_every_row_is_a_word_of_its_language_and_of_no_other():
    x, y = whole(words, 3)
    assert x.shape == (LEAST * len(LANGUAGES), 312)
    drawn = read_back(x)
    assert len(set(drawn)) == len(drawn)
    own = [{spelt_with(each, number) for number in range(50)} for each in range(len(LANGUAGES))]
    assert all(word in own[language] for word, language in zip(drawn, y, strict=True))


@pytest.mark.usefixtures("small")
def test_there_are_as_many_words_of_every_language():
    assert np.bincount(whole(words, 0)[1]).tolist() == [LEAST] * len(LANGUAGES)


@pytest.mark.usefixtures("small")
def test_of_a_longer_list_words_are_chosen_by_chance():
    """Neither the first nor the commonest ones: of the first list 30 are left of 41."""
    x, y = whole(words, 0)
    drawn = set(read_back(x[y == 0]))
    listed = [spelt_with(0, number) for number in range(LEAST + 11)]
    assert drawn < set(listed)
    assert not drawn <= set(listed[:-5])
    assert not drawn >= set(listed[:-15])


@pytest.mark.parametrize("task", [words, words_pairs], ids=lambda task: task.name)
@pytest.mark.usefixtures("small")
def test_draws_are_nested_and_share_no_row_with_their_test_set(task):
    x, y = task.draw(8, task.most_rows)
    for m in (1, 7, 299):
        assert task.draw(8, m)[0].tobytes() == x[:m].tobytes()
        assert task.draw(8, m)[1].tobytes() == y[:m].tobytes()
    tested = set(map(bytes, task.test_set(8)[0]))
    assert len(tested) == task.test_rows == 60
    assert not tested & set(map(bytes, x))
    assert tested != set(map(bytes, task.test_set(9)[0]))


@pytest.mark.usefixtures("small")
def test_pairs_are_of_the_same_words_seed_by_seed():
    for (x, y), (counts, languages) in (
        (words.draw(4, 90), words_pairs.draw(4, 90)),
        (words.test_set(4), words_pairs.test_set(4)),
    ):
        letters = np.array([codes(word) for word in read_back(x)])
        assert np.array_equal(pairs(letters), counts)
        assert np.array_equal(y, languages)


def test_pairs_are_counted_with_a_sign_at_both_ends():
    letters = [codes("banana"), codes("e" * LONGEST)]
    counts = pairs(np.array(letters)).reshape(2, SIGNS, SIGNS)
    banana = {(0, 2): 1, (2, 1): 1, (1, 14): 2, (14, 1): 2, (1, 0): 1}
    assert {(a, b): counts[0, a, b] for a, b in zip(*counts[0].nonzero(), strict=True)} == banana
    assert (counts[1, 0, 5], counts[1, 5, 5], counts[1, 5, 0]) == (1, LONGEST - 1, 1)
    assert counts[1].sum() == LONGEST + 1
    assert counts.dtype == np.float32


def test_without_the_package_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("fixtures.tasks.packaged.find_spec", lambda name: None)
    sentence = "the package wordfreq is not installed; run `python -m pip install wordfreq==3.1.1`"
    assert words.unavailable() == words_pairs.unavailable() == sentence
    with pytest.raises(ModuleNotFoundError, match=f"^{sentence}$"):
        module.read()


@pytest.mark.parametrize("change", ["another byte", "a file less", "two files exchanged"])
def test_other_data_than_those_of_the_release_are_one_sentence(small, change):
    first, second = (small / file for file in Words.files[:2])
    if change == "another byte":
        first.write_bytes(first.read_bytes()[:-1] + b"!")
    elif change == "a file less":
        first.unlink()
    else:
        first.rename(small / "kept")
        second.rename(first)
        (small / "kept").rename(second)
    with pytest.raises(
        ValueError, match=r"^words needs the data of wordfreq 3\.1\.1, but those in"
    ):
        words.draw(0, 10)


def test_once_read_the_words_are_kept(small):
    before = words.draw(0, 10)[0]
    module.table.cache_clear()
    (small / Words.files[0]).write_bytes(b"not looked at again")
    assert np.array_equal(words.draw(0, 10)[0], before)


def test_another_process_reads_the_same_rows(small):
    arguments = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(small), Words.sha256]
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(module.read().tobytes()).hexdigest()


@pytest.mark.parametrize("test_rows", [10_000, 40_000])  # of the tiers quick and standard
def test_splits_of_so_many_rows_widen_an_interval_little(test_rows):
    tested = min(test_rows, words.test_rows)
    arms, results = [SimpleNamespace(task=words, m=256)], [[SimpleNamespace(rows=tested)]]
    assert overlap_of(arms, results) == pytest.approx(10_000 / 942_392)


@installed
def test_the_files_are_those_that_the_task_names():
    assert len(words.contents()) == len(LANGUAGES)
    metadata = distribution("wordfreq").read_text("METADATA") or ""
    assert "Creative Commons Attribution-ShareAlike 4.0" in metadata


@installed
def test_the_true_words_are_as_many_of_every_language_and_each_is_there_once():
    table = words.table()
    assert len(table) == words.size == 12 * 79_366
    assert np.bincount(table[:, -1]).tolist() == [79_366] * 12
    assert len(np.unique(table[:, :-1], axis=0)) == words.size
    lengths = (table[:, :-1] > 0).sum(1)
    assert (lengths.min(), lengths.max()) == (4, 12)
    ends = np.arange(LONGEST) < lengths[:, None]
    assert np.array_equal(table[:, :-1] > 0, ends)  # nothing after the end of a word


@installed
def test_known_words_have_their_language_and_those_of_several_are_not_there():
    table = words.table()
    for word, language in KNOWN.items():
        (row,) = np.flatnonzero((table[:, :-1] == codes(word)).all(1))
        assert LANGUAGES[table[row, -1]] == language
    for word in ("hotel", "madrid", "internet", "april"):
        assert not (table[:, :-1] == codes(word)).all(1).any()


@installed
def test_a_test_set_has_its_share_of_every_language():
    counts = np.bincount(np.concatenate([words.test_set(seed)[1] for seed in range(4)]))
    share = 40_000 / 12
    assert np.abs(counts - share).max() < largest_z(12) * np.sqrt(share)


@installed
def test_the_package_itself_is_never_imported():
    program = (
        "import sys; from fixtures.tasks.words import words; words.draw(0, 10); words.contents(); "
        "print({'wordfreq', 'ftfy', 'langcodes', 'regex'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
