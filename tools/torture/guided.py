"""The coverage-guided fuzzer: atheris drives every reader of foreign data (``tests.fuzz.targets``).

``python -m tools.torture.guided 60`` spends so many seconds on all targets together. Exit code 77:
atheris is not installed here (``pip install atheris``), which is no failure.
"""

import json
import subprocess
import sys

NOT_HERE = 77
BROKEN = 76

RUN_ONE = "--one"


def main() -> int:
    """Fuzz each target in a process of its own, since atheris ends the process it runs in."""
    try:
        import atheris  # noqa: F401, PLC0415 -- optional
    except ImportError:
        print("guided fuzzing is left out: atheris is not installed here")
        return NOT_HERE
    if sys.argv[1] == RUN_ONE:
        return _fuzz(sys.argv[2], int(sys.argv[3]))
    names = _names()
    seconds = max(2, int(sys.argv[1]) // len(names))
    print("| guided fuzzing | inputs | errors |\n|---|---|---|")
    worst = 0
    for name in names:
        command = [sys.executable, "-m", "tools.torture.guided", RUN_ONE, name, str(seconds)]
        ran = subprocess.run(command, check=False, capture_output=True, text=True)
        done = [line for line in ran.stderr.splitlines() if line.startswith("Done ")]
        count = done[-1].split()[1] if done else "?"
        print(f"| {name} | {count} | {'none' if ran.returncode == 0 else 'ERROR'} |", flush=True)
        if ran.returncode:
            print(ran.stdout[-2000:], ran.stderr[-2000:])
        worst = max(worst, ran.returncode)
    return BROKEN if worst else 0


def _names() -> list[str]:
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 -- loaded under instrumentation

    return list(TARGETS)


def _fuzz(name: str, seconds: int) -> int:  # noqa: C901 -- atheris wants it in one place
    import atheris  # noqa: PLC0415

    with atheris.instrument_imports(include=["bot"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415

    from tests.fuzz.shapes import VALUES, WORDS  # noqa: PLC0415

    def draw(data: "atheris.FuzzedDataProvider", depth: int) -> object:  # noqa: PLR0911
        """Make any JSON from the fuzzer's bytes, with the right names often in it."""
        kind = data.ConsumeIntInRange(0, 9 if depth else 6)
        match kind:
            case 0:
                return None
            case 1:
                return data.ConsumeBool()
            case 2:
                return data.ConsumeInt(8)
            case 3:
                return data.ConsumeFloat()
            case 4 | 5:
                return data.PickValueInList(list(VALUES))
            case 6:
                return data.ConsumeUnicode(40)
            case 7:
                return [draw(data, depth - 1) for _ in range(data.ConsumeIntInRange(0, 4))]
            case _:
                return {
                    data.PickValueInList(list(WORDS)): draw(data, depth - 1)
                    for _ in range(data.ConsumeIntInRange(0, 8))
                }

    def one(raw: bytes) -> None:
        try:
            given: object = json.loads(raw)
        except (ValueError, RecursionError):
            given = draw(atheris.FuzzedDataProvider(raw), 5)
        TARGETS[name](given)

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096"], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
