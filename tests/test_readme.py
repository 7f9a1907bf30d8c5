"""What the README says can be done as it stands there."""
import re
from pathlib import Path

from bplib.environment import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_runs_as_printed(capsys):
    example, model = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len([line for line in example.splitlines() if line]) == 10
    names = {}
    exec(example, names)
    exec(model, names)
    assert float(re.search(r"([\d.]+)% of the test images", capsys.readouterr().out)[1]) > 90


def test_the_commands_exist():
    assert set(re.findall(r"python3 -m bplib (\w+)", README)) <= set(COMMANDS)


def test_every_room_of_the_library_is_on_the_map():
    rooms = {path.stem for path in (ROOT / "bplib").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    on_map = set(re.findall(r"^(\w+) {2,}\S", README, re.M))
    assert rooms - {"__init__", "__main__", "errors"} == on_map


def test_each_room_uses_only_those_above_it():
    on_map = re.findall(r"^(\w+) {2,}\S", README, re.M)
    for room in on_map:
        path = ROOT / "bplib" / room
        sources = path.glob("*.py") if path.is_dir() else [path.with_suffix(".py")]
        text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
        used = set(re.findall(r"^from \.+(\w+) import", text, re.M))
        used |= {name for names in re.findall(r"^from \.+ import (.+)", text, re.M) for name in re.findall(r"\w+", names)}
        used &= set(on_map) - {room}
        assert used <= set(on_map[:on_map.index(room)]), f"{room} uses {used - set(on_map[:on_map.index(room)])}"
        assert room != "reference" or not used


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
