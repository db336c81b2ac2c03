"""Statistics of a verdict: pure functions of arrays, without state and without input or output.

`interval` holds the paired interval and its looks, `verdict` the judgements, `power` what a sample
can show, `scope` the verdict over several tasks, `reversal` that on an order which differs between
tasks. `plateau`, `race` and `scaling_law` turn their measurements into samples for the core;
`ratios` judges times, and `change` an effect that was measured twice. Nothing is
imported here, so that numpy is loaded only by a run that measures something.
"""
