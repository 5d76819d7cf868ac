"""Taking files: complete, once, and never losing one."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.files.taking import DONE, FAILED, Folder, Found, is_complete, seen
from hub.errors import Refused
from tests.unit.warehouse_samples import NOW, put

SETTLE = timedelta(seconds=2)


def folder(tmp_path):
    return Folder(tmp_path, "depot.stock")


def taken_from(here):
    """Take the first file that lies there."""
    taken = here.take(here.look()[0])
    assert taken
    return taken


def finished(here, *how):
    """Finish a file that was taken; return where it lies then."""
    final = here.finish(*how)
    assert final
    return final


def names(found):
    return [file.path.name for file in found]


def test_unfinished_and_locked_files_are_not_seen(tmp_path):
    for name in ("a.csv", "b.csv.part", "c.tmp", "~$d.xlsx", ".e.csv", ".~lock.f.ods#", "g.crdownload"):
        put(tmp_path, name, "x")
    assert names(folder(tmp_path).look()) == ["a.csv"]


def test_the_oldest_comes_first_then_by_name(tmp_path):
    put(tmp_path, "c.csv", "x", age=50)
    put(tmp_path, "b.csv", "x", age=10)
    put(tmp_path, "a.csv", "x", age=10)
    assert names(folder(tmp_path).look()) == ["c.csv", "a.csv", "b.csv"]


def test_a_file_is_complete_when_it_is_old_or_looks_the_same_again(tmp_path):
    young = Found(tmp_path / "a", 5, NOW.timestamp() - 1)
    assert is_complete(Found(tmp_path / "a", 5, NOW.timestamp() - 2), NOW, SETTLE, None)
    assert not is_complete(young, NOW, SETTLE, None)
    ahead = Found(tmp_path / "a", 5, NOW.timestamp() + 3600)  # the file server's clock is wrong
    first = seen(ahead, NOW, None)
    assert not is_complete(ahead, NOW + timedelta(seconds=1), SETTLE, first)
    assert seen(ahead, NOW + timedelta(seconds=1), first) == first
    assert is_complete(ahead, NOW + timedelta(seconds=2), SETTLE, first)
    grown = Found(ahead.path, 6, ahead.changed)
    assert not is_complete(grown, NOW + timedelta(seconds=2), SETTLE, first)
    assert seen(grown, NOW + timedelta(seconds=2), first) != first


def test_one_of_two_takers_gets_the_file(tmp_path):
    put(tmp_path, "a.csv", "x")
    found = folder(tmp_path).look()[0]
    assert folder(tmp_path).take(found) is not None
    assert folder(tmp_path).take(found) is None


def test_a_taker_thought_dead_cannot_move_the_file_any_more(tmp_path):
    put(tmp_path, "a.csv", "x")
    zombie = taken_from(folder(tmp_path))
    (left,) = folder(tmp_path).left_over()
    ours = folder(tmp_path).take_again(left)
    assert ours
    assert folder(tmp_path).finish(zombie, DONE, NOW) is None
    assert finished(folder(tmp_path), ours, DONE, NOW).read_text() == "x"
    assert folder(tmp_path).left_over() == []


def test_nothing_is_overwritten_in_done(tmp_path):
    for content in "xyz":
        put(tmp_path, "a.csv", content)
        here = folder(tmp_path)
        here.finish(taken_from(here), DONE, NOW)
    assert sorted(path.read_text() for path in (tmp_path / DONE).iterdir()) == ["x", "y", "z"]


def test_the_reason_lies_beside_a_failed_file(tmp_path):
    put(tmp_path, "a.csv", "x")
    here = folder(tmp_path)
    final = finished(here, taken_from(here), FAILED, NOW, "no header")
    assert (tmp_path / FAILED / f"{final.name}.reason.txt").read_text() == "no header\n"


def test_the_files_of_two_jobs_in_one_folder_are_kept_apart(tmp_path):
    put(tmp_path, "a.csv", "x")
    folder(tmp_path).take(folder(tmp_path).look()[0])
    assert Folder(tmp_path, "depot.prices").left_over() == []


def test_links_pipes_and_strange_names_are_left_alone(tmp_path):
    inside = tmp_path / "in"
    put(tmp_path, "secret.csv", "x")
    put(inside, "good.csv", "x")
    put(inside, "x" * 200 + ".csv", "x")
    expected = 1
    if sys.platform != "win32":
        (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
        os.mkfifo(inside / "pipe.csv")
        put(inside, "a\nb.csv", "x")
        put(inside, "a\\..\\evil.csv", "x")
        expected = 5
    notes = []
    assert names(folder(inside).look(notes)) == ["good.csv"]
    assert len(notes) == expected
    assert all("left alone" in note and "\n" not in note for note in notes)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Refused, match="does not exist"):
        folder(tmp_path / "no").look()
    put(tmp_path, "file", "x")
    with pytest.raises(Refused, match="is a file"):
        folder(tmp_path / "file").look()


def test_a_move_that_a_scanner_holds_up_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    def held_once(path, target):
        tries.append(path)
        if len(tries) == 1:
            raise PermissionError(13, "in use")
        return rename(path, target)

    tries: list[Path] = []
    rename = Path.rename
    (tmp_path / "STAN.csv").write_text("a", encoding="utf-8")
    taken = taken_from(folder(tmp_path))
    monkeypatch.setattr(Path, "rename", held_once)
    final = finished(folder(tmp_path), taken, DONE, NOW)
    assert len(tries) == 2
    assert final.read_text(encoding="utf-8") == "a"
