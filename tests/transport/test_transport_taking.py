from __future__ import annotations

import errno
import hashlib
import os
import threading

import pytest

from gateway.edi.finding import Code
from gateway.edi.finding import TransientError
from gateway.transport import claim
from gateway.transport import claimed_files
from gateway.transport import measure
from gateway.transport import read_file
from gateway.transport import release_claim


@pytest.fixture
def dropped(tmp_path):
    path = tmp_path / "inbox" / "po 7.edi"
    path.parent.mkdir()
    path.write_bytes(b"ISA*00*")
    return path


@pytest.fixture
def claimed_folder(tmp_path):
    return tmp_path / "var" / "claimed"


def test_a_claimed_file_moves_under_its_id(dropped, claimed_folder):
    claimed = claim(dropped, claimed_folder, "01AB")
    assert claimed.path.read_bytes() == b"ISA*00*"
    assert (claimed.key, claimed.name) == ("01AB-po 7.edi", "po 7.edi")
    assert not dropped.exists()


def test_after_a_restart_claimed_files_are_found_in_order(dropped, claimed_folder):
    second = dropped.with_name("a-b.edi")
    second.touch()
    taken = [claim(dropped, claimed_folder, "02"), claim(second, claimed_folder, "01")]
    assert claimed_files(claimed_folder) == taken[::-1]
    release_claim(taken[0])
    release_claim(taken[0])
    assert claimed_files(claimed_folder) == taken[1:]


def test_a_vanished_file_is_nobodys(dropped, claimed_folder):
    dropped.unlink()
    assert claim(dropped, claimed_folder, "01") is None
    assert claimed_files(claimed_folder) == []


def test_of_many_who_claim_one_gets_it(dropped, claimed_folder):
    def take(number: int) -> None:
        barrier.wait()
        results.append(claim(dropped, claimed_folder, f"{number:02}"))

    barrier, results = threading.Barrier(8), []
    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [result for result in results if result is not None]
    assert len(winners) == 1
    assert claimed_files(claimed_folder) == winners


def test_a_link_is_not_taken(dropped, claimed_folder):
    link = dropped.with_name("link.edi")
    link.symlink_to(dropped)
    assert claim(link, claimed_folder, "01") is None
    assert link.is_symlink()


def test_a_name_cannot_lead_out_of_the_claimed_folder(dropped, claimed_folder):
    odd = dropped.with_name("..\\..\\x\n.edi")
    dropped.rename(odd)
    claimed = claim(odd, claimed_folder, "01")
    assert claimed.path.parent == claimed_folder
    assert claimed.key == "01-_.._x_.edi"


@pytest.mark.parametrize("claim_id", ["", "..", "a/b", "a-b"])
def test_an_id_that_is_no_plain_word_is_refused(dropped, claimed_folder, claim_id):
    with pytest.raises(ValueError, match=r"name|hyphen"):
        claim(dropped, claimed_folder, claim_id)
    assert dropped.exists()


def test_a_marker_goes_with_its_file(dropped, claimed_folder):
    marker = dropped.with_name("po 7.edi.done")
    marker.touch()
    claim(dropped, claimed_folder, "01", done_marker=".done")
    assert list(dropped.parent.iterdir()) == []


def test_another_file_system_is_transient_and_leaves_the_file(dropped, claimed_folder, monkeypatch):
    def across(*_names: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr("pathlib.Path.rename", across)
    with pytest.raises(TransientError, match="cross-device"):
        claim(dropped, claimed_folder, "01")
    assert dropped.exists()


def test_a_file_is_measured_and_read(dropped):
    content = measure(dropped, max_bytes=7)
    assert content.size == 7
    assert content.hash == hashlib.sha256(b"ISA*00*").hexdigest()
    assert content.head == b"ISA*00*"
    assert read_file(dropped, max_bytes=7) == b"ISA*00*"


def test_a_file_over_the_limit_is_a_finding(dropped):
    for finding in (measure(dropped, max_bytes=6), read_file(dropped, max_bytes=6)):
        assert (finding.code, finding.value) == (Code.FILE_TOO_LARGE, "po 7.edi")
        assert finding.detail == {"limit": "6"}


def test_reading_never_follows_a_link_or_waits_for_a_pipe(tmp_path, dropped):
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(dropped)
    os.mkfifo(pipe)
    with pytest.raises(TransientError):
        read_file(link, max_bytes=10)
    assert read_file(pipe, max_bytes=10) == b""
