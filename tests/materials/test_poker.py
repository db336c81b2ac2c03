"""poker: the classes against counts that are known exactly, and hands that are truly uniform."""

from collections import Counter
from itertools import combinations, islice, permutations
from math import comb

import numpy as np
import pytest
from scipy.special import chdtri

from fixtures.tasks import poker
from fixtures.tasks.poker import ORDERED_HANDS, RANKS, SUITS, classify, deal
from fixtures.tasks.poker_counts import poker_counts
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.poker_one_hot import poker_one_hot
from tests.materials.blocks import CHANCE, largest_z

HANDS = {  # of five cards, in any order
    poker.NOTHING: 1_302_540,
    poker.PAIR: 1_098_240,
    poker.TWO_PAIRS: 123_552,
    poker.THREE: 54_912,
    poker.STRAIGHT: 10_200,
    poker.FLUSH: 5_108,
    poker.FULL_HOUSE: 3_744,
    poker.FOUR: 624,
    poker.STRAIGHT_FLUSH: 36,
    poker.ROYAL: 4,
}
DECK, ORDERINGS = 52, 120
CHUNK = 200_000  # hands classified at a time


@pytest.fixture(scope="module")
def dealt():
    """A million ordered hands."""
    return deal(np.random.default_rng(20), 1_000_000)


def chi_square(counts, expected):
    """How far counts are from expected ones, as a share of what CHANCE allows; 1 is the limit."""
    counts, expected = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    assert counts.sum() == pytest.approx(expected.sum())
    statistic = ((counts - expected) ** 2 / expected).sum()
    return statistic / chdtri(counts.size - 1, CHANCE)


def hand(words):
    """The card numbers of a hand, as in "As Kd Th 9c 2s"."""
    return [
        "A23456789TJQK".index(rank) * SUITS + "shdc".index(suit) for rank, suit in words.split()
    ]


def test_every_hand_of_five_cards_is_in_its_class():
    every = combinations(range(DECK), 5)
    counts = np.zeros(10, dtype=int)
    for _ in range(0, comb(DECK, 5), CHUNK):
        cards = np.fromiter(islice(every, CHUNK), dtype=np.dtype((np.int64, 5)))
        counts += np.bincount(classify(cards), minlength=10)
    assert dict(enumerate(counts.tolist())) == HANDS


def test_the_counts_in_every_order_make_all_ordered_hands():
    assert sum(HANDS.values()) * ORDERINGS == ORDERED_HANDS == 52 * 51 * 50 * 49 * 48


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("As Ks Qs Js Ts", poker.ROYAL),
        ("Ah 2h 3h 4h 5h", poker.STRAIGHT_FLUSH),
        ("Kd Qd Jd Td 9d", poker.STRAIGHT_FLUSH),
        ("7s 7h 7d 7c Ks", poker.FOUR),
        ("7s 7h 7d Kc Ks", poker.FULL_HOUSE),
        ("2c 9c Jc Kc 4c", poker.FLUSH),
        ("As 2h 3h 4h 5h", poker.STRAIGHT),
        ("As Kh Qh Jh Th", poker.STRAIGHT),
        ("Ks As 2h 3h 4h", poker.NOTHING),  # a straight does not go round the corner
        ("7s 7h 7d Kc Qs", poker.THREE),
        ("7s 7h Kd Kc Qs", poker.TWO_PAIRS),
        ("7s 7h Kd 2c Qs", poker.PAIR),
    ],
)
def test_a_hand_has_one_class_in_every_order_of_its_cards(words, name):
    orders = np.array(list(permutations(hand(words))))
    assert len(orders) == ORDERINGS
    assert set(classify(orders).tolist()) == {name}


def test_no_card_is_dealt_twice(dealt):
    assert dealt.min() == 0
    assert dealt.max() == DECK - 1
    assert np.diff(np.sort(dealt, axis=1), axis=1).min() > 0


class EveryChoice:
    """A random generator that makes each possible choice exactly once."""

    def integers(self, low, high, size):
        assert low == 0
        every = np.array(list(np.ndindex(*high)))
        assert every.shape == size
        return every


def test_dealing_maps_every_choice_to_another_ordered_hand(monkeypatch):
    for name, value in {"RANKS": 3, "SUITS": 2, "CARDS": 4}.items():
        monkeypatch.setattr(poker, name, value)
    dealt = deal(EveryChoice(), 6 * 5 * 4 * 3)
    assert Counter(map(tuple, dealt.tolist())) == Counter(permutations(range(6), 4))


def test_classes_are_as_frequent_as_hands_are(dealt):
    seen = np.bincount(classify(dealt), minlength=10)
    expected = len(dealt) * np.array(list(HANDS.values())) / sum(HANDS.values())

    def merged(counts):
        """Straight flush and royal as one: of the royal alone fewer than two are expected."""
        return [*counts[:8], counts[8] + counts[9]]

    assert chi_square(merged(seen), merged(expected)) < 1


def test_every_card_is_as_likely_at_every_position(dealt):
    for position in range(5):
        counts = np.bincount(dealt[:, position], minlength=DECK)
        assert chi_square(counts, np.full(DECK, len(dealt) / DECK)) < 1


def test_every_pair_of_cards_is_as_likely_at_every_two_positions(dealt):
    different = ~np.eye(DECK, dtype=bool)
    for first, second in combinations(range(5), 2):
        counts = np.bincount(dealt[:, first] * DECK + dealt[:, second], minlength=DECK**2)
        pairs = counts.reshape(DECK, DECK)[different]
        assert chi_square(pairs, np.full(pairs.size, len(dealt) / pairs.size)) < 1


def test_a_hand_comes_in_every_order_alike(dealt):
    order = np.argsort(dealt, axis=1) @ 5 ** np.arange(5)
    _, counts = np.unique(order, return_counts=True)
    assert chi_square(counts, np.full(ORDERINGS, len(dealt) / ORDERINGS)) < 1


def test_the_chi_square_notices_a_card_that_comes_too_often(dealt):
    stacked = np.where(dealt[:50_000, 0] == 7, 8, dealt[:50_000, 0])
    counts = np.bincount(stacked, minlength=DECK)
    assert chi_square(counts, np.full(DECK, len(stacked) / DECK)) > 1


def test_the_raw_encoding_is_that_of_the_public_data_set():
    cards = np.array([hand("As Kd Th 9c 2s")])  # suits count from 1, an ace is rank 1
    assert poker_hand.encode(cards).tolist() == [[1, 1, 3, 13, 2, 10, 4, 9, 1, 2]]
    x, _ = poker_hand.draw(0, 2_000)
    suits, ranks = x[:, 0::2], x[:, 1::2]
    assert np.unique(suits).tolist() == list(range(1, SUITS + 1))
    assert np.unique(ranks).tolist() == list(range(1, RANKS + 1))


def test_the_one_hot_encoding_marks_one_rank_and_one_suit_of_every_card():
    x, _ = poker_one_hot.draw(0, 500)
    assert x.shape == (500, 85)
    cards = x.reshape(500, 5, RANKS + SUITS)
    assert set(np.unique(cards)) == {0, 1}
    assert (cards[:, :, :RANKS].sum(2) == 1).all()
    assert (cards[:, :, RANKS:].sum(2) == 1).all()


@pytest.mark.parametrize("rows", ["draw", "test_set"])
def test_both_encodings_tell_of_the_same_hands(rows):
    arguments = (3, 1_000) if rows == "draw" else (3,)
    raw, raw_labels = getattr(poker_hand, rows)(*arguments)
    one_hot, labels = getattr(poker_one_hot, rows)(*arguments)
    cards = one_hot.reshape(len(one_hot), 5, RANKS + SUITS)
    decoded = np.stack([cards[:, :, RANKS:].argmax(2), cards[:, :, :RANKS].argmax(2)], axis=2) + 1
    assert np.array_equal(decoded.reshape(len(raw), 10), raw)
    assert np.array_equal(labels, raw_labels)


def test_labels_are_the_classes_of_the_hands_as_the_data_set_writes_them():
    x, y = poker_hand.draw(1, 20_000)
    assert np.array_equal(y, classify(((x[:, 1::2] - 1) * SUITS + x[:, 0::2] - 1).astype(int)))


def counted(hand):
    """The nine counts of one hand, the slow way."""

    def padded(kinds, columns):
        counts = sorted(Counter(kinds).values(), reverse=True)
        return counts + [0] * (columns - len(counts))

    return padded([card // SUITS for card in hand], 5) + padded([card % SUITS for card in hand], 4)


def test_the_counts_are_those_of_each_hand():
    cards = deal(np.random.default_rng(3), 2_000)
    assert poker_counts.encode(cards).tolist() == [counted(hand) for hand in cards.tolist()]


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        ("7s 7h 7d 7c Ks", [4, 1, 0, 0, 0, 2, 1, 1, 1]),
        ("7s 7h 7d Kc Ks", [3, 2, 0, 0, 0, 2, 1, 1, 1]),
        ("As Ks Qs Js Ts", [1, 1, 1, 1, 1, 5, 0, 0, 0]),
        ("7s 7h Kd 2c Qs", [2, 1, 1, 1, 0, 2, 1, 1, 1]),
    ],
)
def test_counts_do_not_depend_on_the_order_of_the_cards(words, counts):
    orders = np.array(list(permutations(hand(words))))
    assert np.unique(poker_counts.encode(orders), axis=0).tolist() == [counts]


@pytest.mark.parametrize("rows", ["draw", "test_set"])
def test_the_counts_are_of_the_hands_that_the_other_encodings_show(rows):
    arguments = (3, 1_000) if rows == "draw" else (3,)
    one_hot, labels = getattr(poker_one_hot, rows)(*arguments)
    counts, same_labels = getattr(poker_counts, rows)(*arguments)
    cards = one_hot.reshape(len(one_hot), 5, RANKS + SUITS).sum(1)
    expected = np.hstack(
        [-np.sort(-cards[:, :RANKS], axis=1)[:, :5], -np.sort(-cards[:, RANKS:], axis=1)]
    )
    assert np.array_equal(counts, expected)
    assert np.array_equal(labels, same_labels)


def test_the_bayes_error_of_counts_is_that_of_guessing_the_likeliest_class_of_each(dealt):
    """By all hands, from the number in each class; then by a million that were dealt."""
    straights = HANDS[poker.STRAIGHT] + HANDS[poker.STRAIGHT_FLUSH] + HANDS[poker.ROYAL]
    assert poker_counts.bayes_error == straights / comb(DECK, 5)
    y = classify(dealt)
    counts = np.ascontiguousarray(poker_counts.encode(dealt).astype(np.uint8))
    _, kind = np.unique(counts.view(f"V{counts.shape[1]}"), return_inverse=True)
    table = np.zeros((kind.max() + 1, 10))
    np.add.at(table, (kind.ravel(), y), 1)
    error = 1 - table.max(1).sum() / len(y)
    expected = poker_counts.bayes_error
    assert abs(error - expected) < largest_z(1) * np.sqrt(expected * (1 - expected) / len(y))
