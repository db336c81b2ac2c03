"""Text that fits the width of a terminal."""

import pytest

from pytest_scaling.report.terminal.layout import columns, joined, shorten, wrapped


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("as it is", 8, "as it is"),
        ("as it is, and more", 12, "as it is …"),
        ("as it is, and more", 17, "as it is, and …"),
        ("inseparable", 6, "insep…"),
        ("学习曲线 变平", 10, "学习曲线 …"),
        ("", 3, ""),
    ],
)
def test_a_text_is_shortened_between_words(text, width, short):
    assert shorten(text, width) == short
    assert columns(short) <= width


def test_wide_characters_take_two_columns_and_combining_ones_none():
    assert columns("a学é") == 4
    assert columns("e\N{COMBINING ACUTE ACCENT}") == 1


def test_lines_break_no_word():
    assert wrapped("one of-a-kind thing", 24, 4) == ["    one of-a-kind thing"]
    assert wrapped("an-id-that-is-longer-than-the-line fails", 20) == [
        "an-id-that-is-longer-than-the-line",
        "fails",
    ]


def test_parts_stay_whole_and_keep_their_colours():
    parts = [("19 of 27 supported", "green"), ("1 refuted", "red"), ("4 open", "")]
    painted = list(joined(parts, 32, lambda text, colour: f"{colour}({text})"))
    assert painted == ["green(19 of 27 supported) · red(1 refuted)", "(4 open)"]
    assert list(joined([("a part that is longer than a line", ""), ("b", "")], 24, indent=2)) == [
        "  a part that is longer",
        "  than a line",
        "  b",
    ]
    assert list(joined([], 10)) == []
