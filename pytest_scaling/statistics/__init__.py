"""Statistics of a verdict: pure functions of arrays, without state and without input or output.

`sequential` holds the core (paired interval, looks, judgements), `scope` the verdict over several
tasks and `reversal` that on an order which differs between tasks. `plateau`, `race` and
`scaling_law` turn their measurements into samples for the core, `resplit` says how much wider the
interval is where seeds share rows. Nothing is imported here, so that numpy is loaded only by a run
that measures something.
"""
