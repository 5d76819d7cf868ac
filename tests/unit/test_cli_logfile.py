"""A log grows no larger than it may, however long its process lives."""

from pathlib import Path

from hub.cli.logfile import LogFile


def test_a_log_that_has_grown_large_makes_way_for_a_new_one_while_it_is_written(tmp_path: Path):
    path = tmp_path / "hub.log"
    file = LogFile(path, largest=50)
    for number in range(40):
        file.write(f"{number:09d}\n")
    file.close()
    before = tmp_path / "hub.log.1"
    assert max(path.stat().st_size, before.stat().st_size) <= 60
    assert path.read_text().endswith("000000039\n")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["hub.log", "hub.log.1"]


def test_a_log_that_was_large_already_makes_way_at_once(tmp_path: Path):
    path = tmp_path / "hub.log"
    path.write_text("x" * 100)
    LogFile(path, largest=50).close()
    assert (tmp_path / "hub.log.1").read_text() == "x" * 100
    assert path.read_text() == ""
