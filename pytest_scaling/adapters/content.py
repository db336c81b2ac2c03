"""Rows of tables: how many there are, some of them, and a digest of all. Nothing is imported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..spec.errors import ClaimError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]


def count(table: Any) -> int:
    """The number of rows of an array, a sparse matrix, a data frame or a list."""
    shape = getattr(table, "shape", None)
    return int(shape[0]) if shape else len(table)


def rows(table: Any, places: Places) -> Any:
    """Some rows of a table, in that order, in the kind of table that it is."""
    if hasattr(table, "iloc"):
        return table.iloc[places]
    if is_sparse(table):
        return table.tocsr()[places]
    if isinstance(table, list | tuple):
        return [table[place] for place in places]
    return table[places]


def is_sparse(table: Any) -> bool:
    """Whether a table is a sparse matrix of SciPy."""
    return hasattr(table, "tocsr") and hasattr(table, "nnz")


def columns(table: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a data frame by name, or a series or an array as one."""
    names = getattr(table, "columns", None)
    if names is None:
        yield str(getattr(table, "name", "")), table
    else:
        for place, name in enumerate(names):
            yield str(name), table.iloc[:, place] if hasattr(table, "iloc") else table[name]


def digest(table: Any) -> str:
    """32 hexadecimal digits of the content of a table, its column names and types."""
    found = hashlib.blake2b(digest_size=16)
    if is_sparse(table):
        matrix = table.tocsr()
        parts = (matrix.data, matrix.indices.astype("int64"), matrix.indptr.astype("int64"))
        for part in parts:
            found.update(f"{part.dtype.str}{matrix.shape}".encode() + part.tobytes())
        return found.hexdigest()
    for name, column in columns(table):
        found.update(f"\0{name}\0{getattr(column, 'dtype', 'list')}\0".encode() + raw(column))
    return found.hexdigest()


def raw(column: Any) -> bytes:
    """The values of a column as bytes; numbers as they are, everything else as it is written."""
    import numpy as np

    array = np.asarray(column)
    if array.dtype.kind in "biufcmM":
        return f"{array.dtype.str}{array.shape}".encode() + np.ascontiguousarray(array).tobytes()
    return "\x1f".join(map(repr, array.ravel().tolist())).encode(errors="surrogatepass")


def labels(name: str, y: Any) -> Any:
    """The target as one column; ClaimError where it is none, or has gaps."""
    import numpy as np

    if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
        y = y.iloc[:, 0] if hasattr(y, "iloc") else np.asarray(y)[:, 0]
    if getattr(y, "ndim", 1) != 1:
        raise ClaimError(
            f"the target of {name} has shape {tuple(y.shape)}; give one column, and one Data for "
            f"each target"
        )
    values = np.asarray(y)
    missing = np.array([is_gap(value) for value in values.tolist()], dtype=bool)
    if missing.any():
        raise ClaimError(
            f"the target of {name} is missing in {int(missing.sum()):,} of {len(values):,} rows, "
            f"first in row {int(missing.argmax())}; drop these rows"
        )
    return y


def is_gap(value: Any) -> bool:
    """Whether a value stands for one that is missing: None, NaN, or pandas' NA and NaT."""
    return value is None or str(value) in ("nan", "<NA>", "NaT")


def kind_of(y: Any) -> str:
    """What a target is: "classes", or a "quantity" where some value is no whole number."""
    import numpy as np

    values = np.asarray(y)
    if values.dtype.kind == "f":
        return "classes" if bool((values == np.round(values)).all()) else "quantity"
    return "classes"


def same_length(name: str, y: Any, others: dict[str, Any]) -> None:
    """ClaimError where X, groups and other columns have not as many rows as the target."""
    for what, each in others.items():
        if each is not None and count(each) != count(y):
            raise ClaimError(
                f"{name}: {what} has {count(each):,} rows and y has {count(y):,}; give one for "
                f"each row"
            )


def numbers(name: str, table: Any) -> Any:
    """A table as an array of float64 (rows, columns), for learners that take arrays.

    ClaimError where it is sparse, or holds what is no number.
    """
    import numpy as np

    if is_sparse(table):
        table = table.toarray()
    try:
        array = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError):
        words = [n for n, c in columns(table) if np.asarray(c).dtype.kind not in "biuf"]
        held = f" ({', '.join(words[:3])})" if words and words[0] else ""
        raise ClaimError(
            f"{name} has columns that are no numbers{held}, which only estimators take; give a "
            f"pipeline that encodes them, or encode them in the table"
        ) from None
    if array.ndim != 2:
        raise ClaimError(f"X of {name} must have rows and columns, not shape {array.shape}")
    return array


def checked(name: str, part: str, call: Callable[[], Any]) -> Any:
    """What a call returns; ClaimError that names the data where it raises."""
    try:
        return call()
    except ClaimError:
        raise
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise ClaimError(f"{name}: {part} fails: {words}") from error
