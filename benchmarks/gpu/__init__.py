"""All measurements on one GPU, most important first, in at most ten minutes.

`bash benchmarks/gpu.sh` is the command for a machine that can fetch nothing; its head says how it
is prepared. `python -m benchmarks.gpu` alone runs where everything is installed. It takes the first
CUDA device, or, where there is none, the CPU and small sizes, and says so.

First every part runs in small, at once with the tests of a real device; where one fails, the run
ends there, with exit code 3. Then each part (`plan.PARTS`) runs in a process of its own until its
time is up: one that fails, hangs or crashes the device loses only its own remaining rows, and the
report says so.
`gpu.json` is written again after every row. `--after FOLDER` continues an earlier run: parts
that are whole there, measured on the same kind of card, are kept.
"""
