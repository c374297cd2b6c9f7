"""How long `import solvitur` and `solvitur --help` take, beside an interpreter that does nothing.

    python benchmarks/startup.py --processes 20

The three commands take turns, so that a busy moment of the machine hits all of them. The first turn
only warms the disk cache and is not counted.
"""

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import solvitur": ["-c", "import solvitur"],
    "solvitur --help": ["-m", "solvitur", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(processes: int) -> dict[str, list[float]]:
    """The wall times of every command, turn by turn."""
    turns = [
        {name: seconds(arguments) for name, arguments in COMMANDS.items()}
        for _ in range(processes + 1)
    ]
    return {name: [turn[name] for turn in turns[1:]] for name in COMMANDS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, default=20, help="fresh processes per command")
    times = measure(parser.parse_args().processes)
    bare = statistics.median(times["python -c pass"])
    print(f"{'command':<16}  median ms  lowest ms  highest ms  ratio")
    for name, found in times.items():
        median = statistics.median(found)
        low, high = min(found) * 1e3, max(found) * 1e3
        print(f"{name:<16}  {median * 1e3:9.1f}  {low:9.1f}  {high:10.1f}  {median / bare:5.1f}")


if __name__ == "__main__":
    main()
