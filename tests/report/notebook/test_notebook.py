"""The notebook for lessons runs from top to bottom, and answers when a student changes m."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOK = Path(__file__).parents[3] / "docs" / "lesson.ipynb"


def executed(m=None):
    """The cells of the notebook after a run of a kernel; m as a student would change it."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    if m is not None:
        (cell,) = [each for each in code(notebook.cells) if re.match(r"m = \d+$", first(each))]
        cell.source = cell.source.replace(first(cell), f"m = {m}")
    NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()
    return code(notebook.cells)


def code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def first(cell):
    return cell.source.partition("\n")[0]


def shown(cells, beginning, kind):
    """What the cell that begins so shows, as a MIME type, or as text that it printed."""
    (cell,) = [cell for cell in cells if cell.source.startswith(beginning)]
    if kind == "print":
        return "".join(each.text for each in cell.outputs if each.output_type == "stream")
    (found,) = [each.data[kind] for each in cell.outputs if kind in each.get("data", {})]
    return found


def test_the_notebook_is_stored_without_outputs():
    cells = code(nbformat.read(NOTEBOOK, as_version=4).cells)
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []


def test_the_notebook_opens_the_ledger_and_draws_the_figure():
    cells = executed()
    assert "large-dominates" in shown(cells, "import matplotlib", "text/html")
    assert "On mnist1d: " in shown(cells, "ledger.plot()", "text/html")
    assert "Intervals of " in shown(cells, "ledger.plot_claim", "text/html")
    assert len(shown(cells, "gap.plot", "image/png")) > 10_000
    table = shown(cells, "for size in", "print")
    verdicts = dict(re.findall(r"m = +([\d,]+): .* (\w+)$", table, re.MULTILINE))
    assert verdicts["256"] == "refuted"
    assert verdicts["4,096"] == "supported"


def test_a_student_who_changes_m_sees_another_verdict():
    assert "refuted" in shown(executed(m=256), "gap > 0.01", "text/html")


def test_an_m_that_was_not_measured_is_told():
    with pytest.raises(CellExecutionError, match=r"no m on mnist1d 77; it has .*1024"):
        executed(m=77)
