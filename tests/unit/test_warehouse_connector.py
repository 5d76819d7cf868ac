"""The connector as the hub drives it: pages, checkpoints, crashes between any two of them."""

import json
import os
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.warehouse import FilesConnector
from hub.errors import Refused, TryLater
from tests.unit.warehouse_samples import (
    NOW,
    StandingClock,
    connector,
    product_format,
    put,
    read,
    read_one,
    rows_of,
    stock_csv,
    stock_format,
)

PAGED = stock_format(page=10)


def clock_of(source: FilesConnector) -> StandingClock:
    assert isinstance(source.clock, StandingClock)
    return source.clock


def files_in(folder, where):
    return (
        sorted(path.name.split("_", 1)[1] for path in (folder / where).glob("*")) if (folder / where).is_dir() else []
    )


def quantities(pages):
    return {change.key: change.fields["on_hand"] for change in rows_of(pages)[0]}


def test_a_file_is_read_page_by_page_and_moved_to_done(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(25))
    pages = read(connector(tmp_path, PAGED))
    assert [len(page.changes) for page in pages] == [10, 10, 5]
    assert [page.completes.source if page.completes else None for page in pages] == [None, None, "STAN_1.csv"]
    assert files_in(tmp_path, "done") == ["STAN_1.csv"]
    assert json.loads(json.dumps(pages[-1].checkpoint)) == pages[-1].checkpoint


@pytest.mark.parametrize("crash_after", [1, 2, 3])
def test_s17_a_load_goes_on_at_the_page_after_a_crash(tmp_path, crash_after):
    put(tmp_path, "STAN_1.csv", stock_csv(25))
    committed = []
    with closing(connector(tmp_path, PAGED).read("stock", None)) as pages:
        for page in pages:
            committed.append(page)
            if len(committed) == crash_after:
                break
    rest = read(connector(tmp_path, PAGED), committed[-1].checkpoint)
    keys = [change.key for page in committed + rest for change in page.changes]
    assert len(keys) == len(set(keys)) == 25
    assert files_in(tmp_path, "done") == ["STAN_1.csv"]


def test_s17_a_page_that_was_read_but_not_committed_is_read_again(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(25))
    with closing(connector(tmp_path, PAGED).read("stock", None)) as pages:
        first = next(pages)
        lost = next(pages)
    rest = read(connector(tmp_path, PAGED), first.checkpoint)
    assert rest[0].changes == lost.changes
    assert sum(len(page.changes) for page in rest) == 15


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=6))
def test_s17_wherever_it_crashes_each_row_comes_once(tmp_path_factory, crashes):
    """Crash after so many pages, the last of them committed or not; then let it end."""
    folder = tmp_path_factory.mktemp("crashes")
    for name in ("STAN_1.csv", "STAN_2.csv"):
        put(folder, name, stock_csv(15, first=1 if name == "STAN_1.csv" else 100))
    since, kept = None, []
    for pages_before, last_counts in [*crashes, (99, True)]:
        with closing(connector(folder, PAGED).read("stock", since)) as pages:
            for count, page in enumerate(pages, 1):
                if count > pages_before and not last_counts:
                    break
                since = page.checkpoint
                kept += [change.key for change in page.changes]
                if count > pages_before:
                    break
    assert sorted(kept) == sorted(set(kept))
    assert len(kept) == 30
    assert files_in(folder, "done") == ["STAN_1.csv", "STAN_2.csv"]
    assert not list((folder / ".taking").rglob("*~*"))


def test_the_same_file_again_is_not_applied_again(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(5))
    source = connector(tmp_path, PAGED)
    done = read(source)[-1].checkpoint
    for name in ("STAN_1.csv", "STAN_1 (1).csv"):
        put(tmp_path, name, stock_csv(5))
        again = read(source, done)
        assert not rows_of(again)[0]
        assert "was taken already" in again[0].notes[0]
        done = again[-1].checkpoint
    assert len(files_in(tmp_path, "done")) == 3


def test_a_list_that_is_written_anew_is_taken_though_it_says_the_same(tmp_path):
    """Files of another format may have changed in between what it says."""
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=3600)
    source = connector(tmp_path, PAGED)
    done = read(source)[-1].checkpoint
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=1800)
    again = read(source, done)
    assert len(rows_of(again)[0]) == 5
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=1800)
    assert not rows_of(read(source, again[-1].checkpoint))[0], "this one was taken"


def test_an_old_file_that_is_delivered_again_does_not_undo_a_newer_one(tmp_path):
    source = connector(tmp_path, PAGED)
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=3600)
    put(tmp_path, "STAN_2.csv", stock_csv(6), age=1800)
    done = read(source)[-1].checkpoint
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=600)
    assert not rows_of(read(source, done))[0]


def test_contents_that_alternate_under_one_name_are_each_news(tmp_path):
    source, since = connector(tmp_path, PAGED), None
    for content in (stock_csv(5), stock_csv(6), stock_csv(5)):
        put(tmp_path, "STAN_1.csv", content)
        pages = read(source, since)
        assert rows_of(pages)[0]
        since = pages[-1].checkpoint


def test_a_mended_format_takes_the_same_file_anew(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(5))
    done = read(connector(tmp_path, PAGED, locations=["MAG2"]))[-1].checkpoint
    put(tmp_path, "STAN_1.csv", stock_csv(5))
    assert len(rows_of(read(connector(tmp_path, PAGED, locations=["MAG1"]), done))[0]) == 5


def test_a_half_written_file_waits(tmp_path):
    source = connector(tmp_path, PAGED)
    put(tmp_path, "STAN_1.csv", stock_csv(5)[:-9], age=1)
    (page,) = read(source)
    assert "still being written" in page.notes[0]
    assert not page.changes
    put(tmp_path, "STAN_1.csv", stock_csv(5), age=0)
    later = connector(tmp_path, PAGED)
    clock_of(later).at = NOW + timedelta(seconds=2)
    assert len(rows_of(read(later, page.checkpoint))[0]) == 5


def test_a_half_written_file_waits_on_a_share_whose_clock_lags(tmp_path):
    """The times of the folder are those of its file system; the hub's clock is five minutes ahead of them."""
    if sys.platform == "win32":
        return
    path = tmp_path / "STAN_1.csv"
    path.write_text(stock_csv(5)[:-9], encoding="utf-8")
    source = connector(tmp_path, PAGED)
    clock_of(source).at = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(minutes=5)
    (page,) = read(source)
    assert "still being written" in page.notes[0]
    path.write_text(stock_csv(5), encoding="utf-8")
    clock_of(source).at += timedelta(minutes=1)
    (again,) = read(source, page.checkpoint)
    assert "still being written" in again.notes[0]
    clock_of(source).at += timedelta(minutes=1)
    assert len(rows_of(read(source, again.checkpoint))[0]) == 5


def test_a_file_that_grows_while_it_is_read_is_read_again(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(15))
    source = connector(tmp_path, PAGED)
    pages = source.read("stock", None)
    first = next(pages)
    (taken,) = (tmp_path / ".taking").rglob("*~*")
    with taken.open("a", encoding="utf-8") as file:
        file.write("Z;MAG1;7\n")
    with pytest.raises(TryLater, match="changed while it was read"):
        list(pages)
    assert quantities(read(source, first.checkpoint))["Z|MAG1"] == "7"


def test_a_run_whose_file_was_taken_over_stops(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(25))
    zombie = connector(tmp_path, PAGED).read("stock", None)
    first = next(zombie)
    assert len(rows_of(read(connector(tmp_path, PAGED), first.checkpoint))[0]) == 15
    with pytest.raises(TryLater, match="taken over"):
        next(zombie)
    assert files_in(tmp_path, "done") == ["STAN_1.csv"]


def test_a_file_that_cannot_be_read_goes_to_failed_with_the_reason(tmp_path):
    put(tmp_path, "STAN_1.csv", "something;else\n1;2\n", age=20)
    put(tmp_path, "STAN_2.csv", stock_csv(5), age=10)
    pages = read(connector(tmp_path, PAGED))
    changes, (bad,) = rows_of(pages)
    assert len(changes) == 5
    assert (bad.cause, bad.place.source) == ("columns-missing", "STAN_1.csv")
    assert pages[0].completes is None
    assert files_in(tmp_path, "failed") == ["STAN_1.csv", "STAN_1.csv.reason.txt"]
    put(tmp_path, "STAN_1.csv", "something;else\n1;2\n")
    assert rows_of(read(connector(tmp_path, PAGED), pages[-1].checkpoint))[1][0].cause == "columns-missing"


def test_a_file_broken_in_the_middle_keeps_its_good_pages(tmp_path):
    xml = "<a>" + "".join(f"<p><i>{number}</i><m>M</m><s>1</s></p>" for number in range(15)) + "<p><i>"
    columns = {"sku": "i", "location": "m", "on_hand": "s"}
    put(tmp_path, "STAN.xml", xml + "x" * 100_000)
    pages = read(connector(tmp_path, stock_format(page=10, columns=columns)))
    assert rows_of(pages)[1][-1].cause == "file-damaged"
    assert files_in(tmp_path, "failed") == ["STAN.xml", "STAN.xml.reason.txt"]


def test_a_file_without_rows_is_accounted_for(tmp_path):
    put(tmp_path, "STAN_1.csv", "Indeks;Magazyn;Stan\n")
    (page,) = read(connector(tmp_path, PAGED))
    assert page.completes
    assert page.completes.source == "STAN_1.csv"
    assert "no rows below its header" in page.notes[0]


def test_a_run_that_finds_nothing_says_so(tmp_path):
    (page,) = read(connector(tmp_path, PAGED))
    assert "no file called STAN*" in page.notes[0]
    (page,) = read(connector(tmp_path, stock_format(enabled=False)))
    assert "switched off" in page.notes[0]


def test_an_older_file_that_comes_later_is_told(tmp_path):
    put(tmp_path, "STAN_2.csv", stock_csv(15), age=100)
    done = read(connector(tmp_path, PAGED))[-1].checkpoint
    put(tmp_path, "STAN_1.csv", stock_csv(14), age=200)
    put(tmp_path, "STAN_3.csv", stock_csv(13), age=50)
    notes = [note for page in read(connector(tmp_path, PAGED), json.loads(json.dumps(done))) for note in page.notes]
    assert notes == ["STAN_1.csv is older than a file that was taken before it"]


def test_a_share_that_is_not_mounted_is_not_a_quiet_day(tmp_path):
    put(tmp_path / "share", "STAN_1.csv", stock_csv(5))
    done = read(connector(tmp_path / "share", PAGED))[-1].checkpoint
    (quiet,) = read(connector(tmp_path / "share", PAGED), done)
    (tmp_path / "share").rename(tmp_path / "away")
    (gone,) = read(connector(tmp_path / "share", PAGED), done)
    assert ["mounted?" in page.notes[0] for page in (quiet, gone)] == [False, True]


def test_a_file_that_may_not_be_read_does_not_hold_up_the_others(tmp_path, monkeypatch):
    put(tmp_path, "STAN_1.csv", stock_csv(5))
    put(tmp_path, "STAN_2.csv", stock_csv(3))
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "STAN_1.csv" and allowed(path, mode))
    pages = read(connector(tmp_path, PAGED))
    assert len(rows_of(pages)[0]) == 3
    assert pages[-1].notes == ["STAN_1.csv is left alone: the hub's user may not read it; give it the right to"]
    assert (tmp_path / "STAN_1.csv").exists()


def test_s18_bad_rows_are_put_aside_and_the_rest_goes_on(tmp_path):
    text = "Indeks;Magazyn;Stan\nA;MAG1;5\nB;MAG1;wiele\nC;MAG1\n;MAG1;5\nD;MAG1;-1\nE;MAG1;7\n"
    changes, bad = read_one(tmp_path, "STAN_1.csv", text, PAGED)
    assert [change.key for change in changes] == ["A|MAG1", "D|MAG1", "E|MAG1"]
    assert [(row.place.row, row.cause) for row in bad] == [
        (3, "not-a-number"),
        (4, "ragged-row"),
        (5, "missing-key"),
    ]


def test_s24_leading_zeros_and_ruined_gtins_at_reader_level(tmp_path):
    text = "Indeks,EAN,Nazwa\n000123,0012345678905,a\n1,5.90123E+12,b\n2,12345678905,c\n1.23E+12,,d\n"
    changes, bad = read_one(tmp_path, "STAN_1.csv", text, product_format())
    assert [(change.key, change.fields["gtin"]) for change in changes] == [("000123", "0012345678905")]
    assert [row.cause for row in bad] == ["gtin-ruined", "gtin-zeros-lost", "identifier-ruined"]


def test_a_key_that_comes_twice_is_told_unless_it_says_the_same(tmp_path):
    put(tmp_path, "STAN_1.csv", "Indeks;Magazyn;Stan\nA;M;5\nA;M;6\nA;M;5\n")
    (page,) = read(connector(tmp_path, PAGED))
    assert [change.fields["on_hand"] for change in page.changes] == ["5", "5"]
    (bad,) = page.unreadable
    assert (bad.cause, bad.key, bad.place.row) == ("duplicate-key", "A|M", 3)
    assert "row 2" in bad.message
    assert bad.raw == {"Indeks": "A", "Magazyn": "M", "Stan": "6"}
    assert page.notes == ["1 row as an earlier row, word for word: 4"]


def test_b5_the_policy_of_the_format_travels_with_each_page(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(15))
    assert {page.policy for page in read(connector(tmp_path, PAGED | {"policy": "review"}))} == {"review"}


def test_peek_shows_the_same_pages_and_leaves_no_trace(tmp_path):
    put(tmp_path, "STAN_1.csv", stock_csv(25))
    put(tmp_path, "STAN_2.csv", "bad\n")
    source = connector(tmp_path, PAGED)
    before = sorted(tmp_path.rglob("*"))
    peeked = list(source.peek("stock", None))
    assert sorted(tmp_path.rglob("*")) == before
    assert peeked == read(source)


def test_a_folder_that_is_a_link_out_of_the_source_is_refused(tmp_path):
    if sys.platform == "win32":
        return
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sub").symlink_to(outside)
    with pytest.raises(Refused, match="leads out"):
        read(connector(tmp_path / "in", stock_format(folder="sub")))


def test_a_file_above_the_limit_is_refused(tmp_path):
    assert read_one(tmp_path, "STAN_1.csv", stock_csv(50), stock_format(max_bytes=100))[1][0].cause == "too-large"


@pytest.mark.parametrize("name", ["done", "failed", ".taking"])
def test_check_tells_of_an_archive_that_is_none(tmp_path, name):
    source = connector(tmp_path, PAGED)
    assert all(finding.good for finding in source.check())
    (tmp_path / name).write_text("")
    assert str(tmp_path / name) in next(finding.message for finding in source.check() if not finding.good)


def test_check_tells_what_is_missing(tmp_path):
    source = connector(tmp_path, stock_format(folder="sub"))
    assert [(finding.subject, finding.good) for finding in source.check()] == [("depot", True), ("depot.stock", False)]
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub", "STAN_1.csv", "x")
    assert all(finding.good for finding in source.check())
    (tmp_path / "sub").rename(tmp_path / "gone")
    assert "mkdir" in str(source.check()[1].mend)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["csv", "xlsx", "xls", "ods", "xml", "jsonl", "doc"]))
def test_any_bytes_under_any_ending_are_accounted_for(tmp_path_factory, content, ending):
    folder = tmp_path_factory.mktemp("any")
    put(folder, f"STAN.{ending}", content)
    pages = read(connector(folder, stock_format()))
    assert pages[-1].completes or rows_of(pages)[1]
    assert len(files_in(folder, "done") + files_in(folder, "failed")) in (1, 2)
    assert not list((folder / ".taking").rglob("*~*"))
