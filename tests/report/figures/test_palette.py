"""Colours, strokes and markers of learners: by the name alone, and told apart by everyone."""

from __future__ import annotations

import itertools

import pytest

from pytest_scaling.report.figures.palette import (
    THEMES,
    channels,
    colour_of,
    style_of,
    styles,
)

LECTURE = ("rbf-svm", "linear-svm", "logistic-regression", "network-8", "network-32", "network-128")
CLASSICAL = (
    *("rbf-svm", "linear-svm", "logistic-regression", "nearest-neighbours", "random-forest"),
    *("gradient-boosting", "nystroem-svm"),
)
STANDARD_TIER = ("network-8", "network-64", "network-256")
UNKNOWN = ("ridge", "tree", "a learner", "my_model", "神经网络", "lasso", "transformer", "k-means")

# Linear RGB as a dichromat sees it: Machado, Oliveira and Fernandes (2009), severity 1.
VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def linear(colour: str) -> list[float]:
    """Linear red, green and blue, as in WCAG 2.2."""
    shares = [value / 255 for value in channels(colour)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def oklab(colour: str, vision: str) -> tuple[float, float, float]:
    """Oklab (Ottosson, 2020) of a colour as it is seen."""
    seen = [sum(w * v for w, v in zip(row, linear(colour), strict=True)) for row in VISION[vision]]
    r, g, b = (min(max(value, 0.0), 1.0) for value in seen)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def apart(first: str, second: str, vision: str) -> float:
    pairs = zip(oklab(first, vision), oklab(second, vision), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", [*CLASSICAL, *STANDARD_TIER, "network-2", "net-1024", *UNKNOWN])
def test_every_curve_stands_out_from_the_ground(name, theme):
    assert contrast(colour_of(name, theme), THEMES[theme].ground) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_of_a_theme_stands_out_from_its_ground(theme):
    colours = THEMES[theme]
    every = [*colours.others, *itertools.chain(*colours.hues), *colours.verdicts.values()]
    assert {
        each: contrast(each, colours.ground) for each in every if contrast(each, colours.ground) < 3
    } == {}
    assert contrast(colours.muted, colours.ground) >= 4.5
    assert contrast(colours.ink, colours.zone) >= 7


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("names", [LECTURE, STANDARD_TIER, CLASSICAL])
def test_learners_are_told_apart_by_colour_or_by_marker(names, vision, theme):
    drawn = styles(names, theme)
    alike = [
        (a, b)
        for a, b in itertools.combinations(names, 2)
        if drawn[a].marker == drawn[b].marker
        and apart(drawn[a].colour, drawn[b].colour, vision) < 0.08
    ]
    assert alike == []


def test_the_lecture_s_learners_differ_in_colour_for_everyone():
    for theme, vision in itertools.product(THEMES, VISION):
        drawn = styles(LECTURE, theme)
        for a, b in itertools.combinations(LECTURE, 2):
            assert apart(drawn[a].colour, drawn[b].colour, vision) >= 0.05, (a, b, vision, theme)


@pytest.mark.parametrize("theme", THEMES)
def test_a_learner_looks_the_same_whoever_else_is_shown(theme):
    names = [*CLASSICAL, *STANDARD_TIER, *UNKNOWN]
    together = styles(names, theme)
    for name in names:
        assert styles([name], theme)[name] == together[name] == style_of(name, theme)


def test_looks_are_these_for_ever():
    """Slides that are in use have these: a change of them needs a reason."""
    looks = {name: (style_of(name).colour, style_of(name).marker) for name in LECTURE}
    assert looks == {
        "rbf-svm": ("#b8860b", "D"),
        "linear-svm": ("#c2410c", "s"),
        "logistic-regression": ("#a8437f", "^"),
        "network-8": ("#4991d4", "o"),
        "network-32": ("#2e74c0", "o"),
        "network-128": ("#124180", "o"),
    }
    assert style_of("ridge").colour == "#66701c"


def test_one_learner_by_its_names_in_libraries_is_one_learner():
    assert style_of("LogisticRegression") == style_of("logistic-regression")
    assert style_of("RBF-SVM") == style_of("rbf_svm")


def test_a_family_shares_a_solid_line_that_grows():
    family = [style_of(f"mlp-{size}") for size in (8, 64, 256)]
    assert [style.dash for style in family] == [(), (), ()]
    assert family[0].width < family[1].width < family[2].width
    assert luminance(family[0].colour) > luminance(family[1].colour) > luminance(family[2].colour)
    assert all(style_of(name).dash for name in (*CLASSICAL, *UNKNOWN))


def test_members_with_small_numbers_have_markers_of_their_own():
    assert len({style_of(f"degree-{number}").marker for number in range(1, 6)}) == 5


def test_what_is_made_of_a_learner_has_its_colour_dashed():
    plain, made = style_of("network-32"), style_of("network-32-with-256-labels")
    assert plain.colour == made.colour
    assert made.dash
    assert not plain.dash


@pytest.mark.parametrize("name", ["network-0", "network-" + "9" * 400, "7", "-", ""])
def test_any_name_has_a_look(name):
    assert channels(colour_of(name))
