"""Citation keys survive in prose, and are found there again."""

import pytest

from pytest_scaling.report.citation.key import Key, KeyFault, mentions

KEY = Key("large-dominates", "supported", "cpu-x86_64-float32-deterministic-quick", "18bf8b0122b3")
TEXT = str(KEY)


def found(text: str) -> list[tuple[int, str]]:
    return [(mention.line, mention.text) for mention in mentions(text)]


def test_a_key_is_read_back_as_it_was_written():
    assert Key.read(TEXT) == KEY


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Networks win [@{}].", id="pandoc"),
        pytest.param("Networks win (see {}).", id="words at the end of a sentence"),
        pytest.param("[win](https://example.org/page#{})", id="a link of Markdown"),
        pytest.param('<a href="https://example.org/?q=1#{}">win</a>', id="a link of HTML"),
        pytest.param("<!-- {} -->", id="a comment of HTML"),
        pytest.param(r"Networks win~\cite{{other,{}}}.", id="LaTeX"),
        pytest.param("% {}", id="a comment of LaTeX"),
        pytest.param("@misc{{{},", id="BibTeX"),
        pytest.param("`{}`", id="code"),
    ],
)
def test_a_key_is_found_in_every_kind_of_text(text):
    assert found("first line\n" + text.format(TEXT)) == [(2, TEXT)]


def test_a_key_is_found_where_a_text_escapes_it():
    assert found(TEXT.replace("_", r"\_")) == [(1, TEXT)]
    assert found(TEXT.replace(":", "%3A")) == [(1, TEXT)]
    assert found(TEXT.replace("-", r"\-")) == [(1, TEXT)]


def test_a_key_that_a_line_has_twice_is_told_once():
    assert found(f"[{TEXT}](#{TEXT})") == [(1, TEXT)]


def test_two_keys_on_one_line_are_both_found():
    other = str(Key("plateau", "refuted", KEY.profile, "0" * 12))
    assert found(rf"\cite{{{TEXT},{other}}}") == [(1, TEXT), (1, other)]


@pytest.mark.parametrize(
    "cut",
    [
        TEXT[:-1],
        TEXT[:-13],
        TEXT.replace("supported", "proven"),
        "pytest-scaling:large-dominates:supported",
    ],
)
def test_a_key_that_was_cut_or_changed_is_found_but_not_read(cut):
    assert found(f"so [@{cut}] it is") == [(1, cut)]
    with pytest.raises(KeyFault, match="not a complete citation key"):
        Key.read(cut)


@pytest.mark.parametrize(
    "text", ["pytest-scaling: claims as tests", "pip install pytest-scaling", "my-" + TEXT]
)
def test_what_is_no_citation_is_left_alone(text):
    assert found(text) == []
