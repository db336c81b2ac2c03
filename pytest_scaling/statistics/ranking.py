"""Ordered arms: an order holds when each neighbouring pair holds.

The statement "first, then second, then third" is the conjunction of its adjacent gaps, so each gap
is judged on its own at the full level of the claim and the verdicts go through
`scope.conjunction`. The order is supported only when all gaps are, and it is wrong as soon as one
gap is: the chance of a wrong support is therefore at most that of the one wrong gap, without any
correction (intersection-union test; Berger, Technometrics 24, 1982). A wrong refutation has one
chance per gap, so the refuting side runs at level / (arms - 1), as for the strength "always".
A trend over all arms would be another statement: it can rise although a neighbouring pair falls.
"""

from numpy.typing import ArrayLike

from pytest_scaling.statistics.samples import Samples, finite_samples


def adjacent_gaps(errors: ArrayLike) -> Samples:
    """Return the paired gaps between neighbouring arms, (arms - 1, n), worse minus better.

    errors: (arms, n), one row per arm in the order that is claimed, best first; column s of all
    rows belongs to seed s. Row i of the result is arm i + 1 minus arm i: positive where the claimed
    order holds, in the unit of the errors.

    Raises ValueError for fewer than two arms, NaN or infinite errors.
    """
    ordered = finite_samples(errors, "Errors of the ranked arms", axes=2)
    if len(ordered) < 2:
        raise ValueError(f"A ranking needs at least 2 arms, not {len(ordered)}.")
    return ordered[1:] - ordered[:-1]
