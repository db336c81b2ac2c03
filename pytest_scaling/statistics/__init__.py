"""Statistics of a verdict: pure functions of arrays, without state and without input or output.

`sequential` holds the core (paired interval, looks, judgements), `scope` the verdict over several
tasks, `ranking`, `plateau` and `race` turn their measurements into samples for the core. Nothing
is imported here, so that numpy is loaded only by a run that measures something.
"""
