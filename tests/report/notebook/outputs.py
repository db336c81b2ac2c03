"""`python -m tests.report.notebook.outputs`: run the lesson, and store its outputs in it.

It runs without ipywidgets, so that what is stored can be read where nothing runs.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[3]
NOTEBOOK = ROOT / "docs" / "lesson.ipynb"
NO_WIDGETS = "import sys\n\nsys.modules['ipywidgets'] = None"


def read() -> nbformat.NotebookNode:
    """The lesson as it is stored."""
    return nbformat.read(NOTEBOOK, as_version=4)


def run(notebook: nbformat.NotebookNode, folder: Path, *, widgets: bool) -> nbformat.NotebookNode:
    """The notebook with the outputs of a kernel that was started in a folder.

    widgets: whether ipywidgets can be imported.
    """
    if not widgets:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_WIDGETS))
    client = NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        store_widget_state=widgets,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT)})
    if not widgets:
        del notebook.cells[0]
        for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
            renumber(cell, number)
    return notebook


def renumber(cell: nbformat.NotebookNode, number: int) -> None:
    """Count a cell and its results as if it was number so many to be run."""
    cell.execution_count = number
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = number


def main() -> None:
    """Renew the outputs; the kernel's own details are left out."""
    before = read()
    metadata = dict(before.metadata)
    renewed = run(before, NOTEBOOK.parent, widgets=False)
    renewed.metadata = nbformat.from_dict(metadata)
    nbformat.validate(renewed)
    nbformat.write(renewed, NOTEBOOK)


if __name__ == "__main__":
    main()
