"""The command line as a person and a script use it: helps, exit codes, shapes, sentences."""

from __future__ import annotations

import importlib
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from click.testing import Result
from homes import ROOT
from homes import SAMPLES
from homes import Run
from homes import make_plain_home
from homes import partners_of
from homes import sample

from gateway.cli.console import print_table
from gateway.cli.main import cli

HEAVY = ("sqlalchemy", "rich", "jsonschema_rs", "alembic", "watchdog", "yaml")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and subcommand, as it is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return make_plain_home(tmp_path / "home")


def run(*words: object, typed: str | None = None) -> Result:
    """A command in this process; its exception is a traceback a user would see."""
    result = CliRunner().invoke(cli, [str(word) for word in words], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def edi(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.edi"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
def test_every_command_shows_an_example(path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert f"Example: gateway {path[0]}" in shown.output.replace("--home my-home ", "")


def test_the_root_shows_every_command() -> None:
    shown = run("--help").output
    for name in ("init", "run", "once", "status", "trace", "translate", "check", "segments"):
        assert f"  {name} " in shown
    for name in ("roundtrip", "held", "resend", "replay", "partner", "cert", "map"):
        assert f"  {name} " in shown


def imported_by(*words: object) -> set[str]:
    """The packages that a command loads."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gateway", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    names = (line.rpartition("|")[2].strip() for line in done.stderr.splitlines())
    return {name.split(".")[0] for name in names}


def test_a_start_imports_nothing_heavy() -> None:
    assert not imported_by("--version") & set(HEAVY)
    assert not imported_by("--help") & {"sqlalchemy", "rich", "jsonschema_rs"}


def test_what_looks_at_a_file_alone_loads_no_store() -> None:
    assert "sqlalchemy" not in imported_by("check", SAMPLES / "810.edi", "--ack", "--json")
    assert "sqlalchemy" not in imported_by("translate", SAMPLES / "855.edi")


# exit codes


def test_0_when_all_is_well() -> None:
    assert run("check", SAMPLES / "855.edi").exit_code == 0


def test_1_when_something_is_rejected() -> None:
    assert run("check", SAMPLES / "810.edi").exit_code == 1


@pytest.mark.parametrize("words", [("bogus",), ("check",), ("check", "x", "--colour"), ("held",)])
def test_2_when_it_is_used_wrongly(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    "old, new",
    [
        ("name: Northfield Hospitals\n", ""),
        ("poll: 1 s", "poll: often"),
        ("settle: 0 s", "setle: 0 s"),
        ("name:", "name: ["),
        ("largest_file: 1 GB", "database: cassandra://here"),
    ],
)
def test_1_when_our_own_settings_are_broken(plain: Path, gateway: Run, old: str, new: str) -> None:
    settings = plain / "gateway.yaml"
    settings.write_text(settings.read_text().replace(old, new, 1))
    for command in ("once", "run", "status"):
        done = gateway("--home", plain, command)
        assert done.returncode == 1
        assert done.stderr.startswith("gateway.yaml:")
        assert "Traceback" not in done.stderr


def test_the_password_of_an_address_that_is_wrong_is_not_printed(plain: Path, gateway: Run) -> None:
    settings = plain / "gateway.yaml"
    settings.write_text(settings.read_text() + "database: postgresq://gateway:secret@host/db\n")
    done = gateway("--home", plain, "status")
    assert "database: 'postgresq://...@host/db' is not a file or an address" in done.stderr
    assert "secret" not in done.stderr


def test_3_when_the_database_is_none(plain: Path, gateway: Run) -> None:
    (plain / "var").mkdir()
    (plain / "var/gateway.db").write_bytes(b"this is no database" * 100)
    for words in (("once",), ("status",), ("held", "list")):
        done = gateway("--home", plain, *words)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        assert f"database {plain}/var/gateway.db: file is not a database" in done.stderr


def test_3_when_the_disk_has_no_room_with_the_place_and_what_to_do(plain: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "--home", str(plain), "once"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 3
    assert done.stderr.startswith(f"gateway: database {plain}/var/gateway.db: ")
    assert done.stderr.endswith("; make room on its disk, or see whether that fails\n")


def test_an_unforeseen_fault_of_ours_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gateway.engine import checking

    edge = importlib.import_module("gateway.cli.main")

    def fails(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(checking, "check_file", fails)
    monkeypatch.setattr(sys, "argv", ["gateway", "check", str(SAMPLES / "855.edi")])
    with pytest.raises(SystemExit) as left:
        edge.main()
    told = capsys.readouterr().err
    assert left.value.code == 3
    assert "KeyError" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "words", [("status",), ("once",), ("run",), ("held", "list"), ("trace", "1")]
)
def test_outside_a_home_one_is_told_to_make_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run("--home", tmp_path, *words)
    assert done.exit_code == 1
    assert "gateway init" in done.output


@pytest.mark.parametrize(
    "words", [("check",), ("segments",), ("translate",), ("roundtrip",), ("map", "try")]
)
@pytest.mark.parametrize("name", ["nothing-here.edi", "."])
def test_a_file_that_cannot_be_read_is_named(words: tuple[str, ...], name: str) -> None:
    done = run(*words, name)
    assert done.exit_code == 1
    assert f"{name}: cannot be read" in done.output


@pytest.mark.parametrize(
    "words", [("check",), ("segments",), ("translate",), ("roundtrip",), ("map", "try")]
)
@pytest.mark.parametrize("content", ["", "Dear buyer", "ISA*00*", "UNB+UNOC:3", "\x00\xff" * 99])
def test_what_is_no_interchange_is_said_to_be_none(
    tmp_path: Path, words: tuple[str, ...], content: str
) -> None:
    done = run(*words, edi(tmp_path, content))
    assert done.exit_code == 1
    assert done.output.strip()


# init and partners


def test_init_makes_a_home_that_works(tmp_path: Path) -> None:
    home = tmp_path / "new"
    assert run("init", home).exit_code == 0
    assert run("--home", home, "partner", "check").exit_code == 0
    status = run("--home", home, "status")
    assert (status.exit_code, "nothing was received" in status.output) == (0, True)
    assert run("--home", home, "once").exit_code == 0
    assert "Nothing needs a person" in run("--home", home, "status").output
    assert run("init", home).exit_code == 1


def test_partner_add_by_flags_writes_a_working_folder(plain: Path) -> None:
    words = ("--name", "Maple: Medical", "--dialect", "x12", "--identifier", "ZZ:MAPLEMED")
    assert run("--home", plain, "partner", "add", "maple", *words).exit_code == 0
    assert run("--home", plain, "partner", "check", "maple").exit_code == 0
    shown = json.loads(run("--home", plain, "partner", "show", "maple", "--json").stdout)
    assert (shown["name"], shown["identifier"]) == ("Maple: Medical", "ZZ:MAPLEMED")
    assert (plain / "inbox/maple/edi").is_dir()


def test_partner_add_asks_for_what_is_not_given(plain: Path) -> None:
    typed = "Maple Medical\nedifact\n14:4000000000006\n"
    done = run("--home", plain, "partner", "add", "maple", typed=typed)
    assert done.exit_code == 0, done.output
    listed = json.loads(run("--home", plain, "partner", "list", "--json").stdout)
    assert [one["partner"] for one in listed] == ["alpenmed", "harbor-medical", "maple"]
    assert listed[2]["dialect"] == "edifact"


@pytest.mark.parametrize("name", ["../../x", "Harbor", "", "a b", ".hidden", "x" * 64])
def test_a_partner_name_is_a_plain_word(plain: Path, name: str) -> None:
    done = run("--home", plain, "partner", "add", name, "--dialect", "x12")
    assert done.exit_code == 2
    assert sorted(path.name for path in (plain / "partners").iterdir()) == [
        "alpenmed",
        "harbor-medical",
    ]


@pytest.mark.parametrize(
    "words, told",
    [
        (("--identifier", "ZZ:HARBORMED"), "already the identifier of harbor-medical"),
        (("--identifier", "ZZ:"), "is not an identifier like"),
        (("--identifier", "MAPLEMED"), "is not an identifier like"),
        (("--identifier", "ZZ:MAPLEMEDICALCARE"), "at most 15 characters"),
        (("--identifier", "ZZ:MÄPLE"), "is not an identifier like"),
        (("--identifier", "ZZ:M", "--deadline", "soon"), "is not a duration like"),
        (("--identifier", "ZZ:M", "--as2", "M", "--url", "https://m.example"), "no-such.pem: "),
    ],
)
def test_partner_add_writes_nothing_that_would_not_load(
    plain: Path, words: tuple[str, ...], told: str
) -> None:
    given = ("--name", "Maple", "--dialect", "x12", *words)
    done = run("--home", plain, "partner", "add", "maple", *given, typed="no-such.pem\n")
    assert done.exit_code == 1
    assert told in done.output
    assert not (plain / "partners/maple").exists()


def test_the_name_of_a_partner_may_be_called_its_title(plain: Path) -> None:
    given = ("--title", "Maple Medical", "--dialect", "x12", "--identifier", "ZZ:MAPLEMED")
    assert run("--home", plain, "partner", "add", "maple", *given).exit_code == 0
    shown = json.loads(run("--home", plain, "partner", "show", "maple", "--json").stdout)
    assert shown["name"] == "Maple Medical"


def test_a_deadline_of_no_time_is_refused(plain: Path) -> None:
    given = ("--identifier", "ZZ:M", "--dialect", "x12", "--name", "Maple")
    done = run("--home", plain, "partner", "add", "maple", *given, "--deadline", "0 hours")
    assert done.exit_code == 2
    assert "--deadline '0 hours': give them some time" in done.output
    assert not (plain / "partners/maple").exists()


def test_where_nothing_can_be_made_one_is_told_the_place(plain: Path) -> None:
    (plain / "partners").rename(plain / "elsewhere")
    (plain / "partners").write_text("a file in the way")
    given = ("--identifier", "ZZ:M", "--dialect", "x12", "--name", "Maple")
    for words, place in (
        (("--home", plain, "partner", "add", "maple", *given), plain / "partners/maple"),
        (("init", plain / "partners/home"), plain / "partners/home"),
        (("init", plain / "partners/home", "--as2-pair"), plain / "partners/home"),
    ):
        done = run(*words)
        assert done.exit_code == 1
        assert f"Error: {place}" in done.output
        assert "Not a directory; choose another place" in done.output


def test_partner_add_drops_no_setting_of_as2_unsaid(plain: Path) -> None:
    given = ("--identifier", "ZZ:MAPLE", "--dialect", "x12", "--name", "Maple")
    done = run("--home", plain, "partner", "add", "maple", *given, "--url", "https://maple.example")
    assert done.exit_code == 2
    assert "add --as2" in done.output
    assert not (plain / "partners/maple").exists()


def test_partner_check_tells_every_fault_with_its_line(plain: Path) -> None:
    settings = plain / "partners/alpenmed/partner.yaml"
    settings.write_text("name: A\ndialekt: x12\nidentifier: 14:4098765000003\ntest: maybe\n")
    done = run("--home", plain, "partner", "check")
    assert done.exit_code == 1
    assert "partner.yaml:2: partner.yaml has no key dialekt (did you mean dialect?)" in done.output
    assert "partner.yaml:4: test: 'maybe' is not one of yes, no" in done.output


ODD = ["", "[]", "{a: 1}", "[[x]]", "~", "'0'", "-1", "99999999999999999999 days", "1 e", '"\\0"']
KEYS = {
    "partners/alpenmed/partner.yaml": [
        *("name", "dialect", "identifier", "our_identifier", "version", "association", "test"),
        *("release", "charset", "line_break", "acknowledge", "acknowledgment_deadline", "group"),
        *("delimiters", "done_marker"),
    ],
    "gateway.yaml": [
        *("name", "identifiers", "time_zone", "settle", "patience", "poll", "largest_file"),
        *("alert",),
    ],
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("file", KEYS)
def test_any_odd_setting_is_a_fault_with_its_line_or_works(
    plain: Path, file: str, odd: str
) -> None:
    from gateway.edi.finding import DefinitionError

    path = plain / file
    good = path.read_text()
    for key in KEYS[file]:
        kept = [line for line in good.splitlines() if not line.startswith((key, " "))]
        path.write_text("\n".join([*kept, f"{key}: {odd}"]))
        faults: list[str] = []
        try:
            partners_of(plain)
        except DefinitionError as error:
            faults = error.faults
        assert all(".yaml:" in fault for fault in faults)


def test_an_unknown_partner_is_told_with_the_nearest_name(plain: Path) -> None:
    done = run("--home", plain, "partner", "show", "harbour-medical")
    assert done.exit_code == 1
    assert "did you mean harbor-medical?" in done.output


def test_files_for_nobody_are_seen(plain: Path) -> None:
    folder = plain / "inbox/maple/edi"
    folder.mkdir(parents=True)
    run("--home", plain, "once")
    assert "Nothing needs a person" in run("--home", plain, "status").output
    (folder / "855.edi").write_text(sample("855.edi"))
    told = "inbox/maple/edi: files wait, and there is no partner maple: gateway partner add"
    assert told in run("--home", plain, "status").output
    assert told in json.loads(run("--home", plain, "status", "--json").stdout)["faults"]


def test_a_table_in_a_pipe_is_cut_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    row = ["2026-11-27 18:20:48Z", "as2-delivered", "x" * 300]
    print_table("What happened", ("when", "event", "what"), [row])
    assert capsys.readouterr().out.splitlines()[2].split() == [*row[0].split(), *row[1:]]


# check, segments, translate


def test_check_as_json() -> None:
    checked = json.loads(run("check", SAMPLES / "810.edi", "--json").stdout)
    assert set(checked) == {"valid", "findings", "sets"}
    assert checked["valid"] is False
    assert checked["sets"] == [
        {"set": "810", "control_number": "0001", "accepted": True},
        {"set": "810", "control_number": "0002", "accepted": False},
    ]
    [finding] = checked["findings"]
    assert list(finding) == [
        *("code", "severity", "message", "interchange", "group", "set", "segment", "tag"),
        *("element", "component", "repetition", "offset", "path", "value"),
    ]
    assert finding["code"] == "element-too-long"
    assert (finding["set"], finding["segment"], finding["tag"]) == (2, 3, "IT1")
    assert (finding["element"], finding["value"]) == (3, "BOX")
    content = (SAMPLES / "810.edi").read_bytes()
    assert content[finding["offset"] :].startswith(b"BOX")


@pytest.mark.parametrize(
    "name, before, called",
    [("ORDRSP.edi", "UNZ+", "a message"), ("855.edi", "GE*", "a transaction set")],
)
def test_what_stands_outside_is_told_in_the_words_of_its_dialect(
    tmp_path: Path, name: str, before: str, called: str
) -> None:
    text = sample(name)
    stray = "FTX+AAI'" if called == "a message" else "NTE*A~"
    told = run("check", edi(tmp_path, text.replace(before, stray + before))).output
    assert f"Put it between the header and the trailer of {called}, or leave it out." in told


@pytest.mark.parametrize("name, end", [("ORDRSP.edi", 3), ("855.edi", 5)])
def test_a_file_cut_in_its_last_segment_is_told_to_be_cut(
    tmp_path: Path, name: str, end: int
) -> None:
    whole = sample(name).rstrip()
    cut = run("check", edi(tmp_path, whole[:-end])).output
    assert "does not repeat the control number" in cut
    assert "The file ends without a terminator, so it seems to be cut" in cut
    wrong = run("check", edi(tmp_path, whole[:-end] + whole[-1:])).output
    assert "does not repeat the control number" in wrong
    assert "cut" not in wrong


def test_check_of_what_is_not_there_says_no_json() -> None:
    done = run("check", SAMPLES / "none.edi", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    checked = json.loads(run("check", SAMPLES / "855.edi", "--json").stdout)
    assert (checked["findings"], checked["valid"]) == ([], True)


def test_a_release_we_do_not_have_is_told_by_the_element_that_names_it(tmp_path: Path) -> None:
    text = (SAMPLES / "855.edi").read_text().replace("*X*004010", "*X*005010")
    shown = run("check", edi(tmp_path, text)).output
    assert 'GS08 names a release that is not supported: "005010". Send 004010.' in shown
    text = (SAMPLES / "ORDRSP.edi").read_text().replace("D:96A", "D:01B")
    assert "UNH02 names a release" in run("check", edi(tmp_path, text)).output


def test_check_shows_the_acknowledgment_it_would_cause() -> None:
    shown = run("check", SAMPLES / "810.edi", "--ack").output
    assert "AK4*3*355*5*BOX~" in shown
    both = json.loads(run("check", SAMPLES / "810.edi", "--ack", "--json").stdout)
    assert both["acknowledgment"][-1] == "AK9*P*2*2*1~"


def test_segments_as_json(tmp_path: Path) -> None:
    text = (
        "UNB+UNOC:4+1:14+2:14+20260115:0900+7'UNH+1+ORDERS:D:96A:UN'"
        "RFF+ON:1*CT:2'FTX+AAI++A*B'DTM+137::102'UNT+5+1'UNZ+1+7'"
    )
    done = run("segments", edi(tmp_path, text), "--json")
    lines = json.loads(done.stdout)
    assert done.exit_code == 0
    assert lines[1] == ["UNH", "1", ["ORDERS", "D", "96A", "UN"]]
    assert lines[2] == ["RFF", [["ON", "1"], ["CT", "2"]]]
    assert lines[3] == ["FTX", "AAI", "", [["A"], ["B"]]]
    assert lines[4] == ["DTM", ["137", "", "102"]]


def test_segments_as_json_are_an_array_also_where_there_are_none(tmp_path: Path) -> None:
    done = run("segments", edi(tmp_path, "no interchange"), "--json")
    assert json.loads(done.stdout) == []
    assert done.exit_code == 1


def test_segments_for_people_show_the_byte_offset() -> None:
    first, second, *_ = run("segments", SAMPLES / "855.edi").stdout.splitlines()
    assert first.split()[0] == "0"
    assert second.split()[0] == "107"


def test_segments_of_wrapped_lines_are_one_a_line() -> None:
    basic, wrapped = (
        run("segments", ROOT / "tests" / "cases" / f"edifact-invoic-{name}" / "input.edi")
        for name in ("basic", "wrapped")
    )
    texts = [
        [line.split(maxsplit=1)[1] for line in one.stdout.splitlines()] for one in (basic, wrapped)
    ]
    assert texts[0] == texts[1]


def test_translate_puts_documents_on_stdout_and_findings_on_stderr() -> None:
    done = run("translate", SAMPLES / "810.edi")
    [document] = json.loads(done.stdout)
    assert done.exit_code == 1
    assert document["type"] == "invoice"
    assert document["data"]["id"] == "HM-INV-55012"
    assert "element-too-long" in done.stderr


def test_translate_leaves_out_the_sets_of_a_rejected_group(tmp_path: Path) -> None:
    text = sample("855.edi").replace("GE*1*", "GE*5*")
    done = run("translate", edi(tmp_path, text))
    assert (done.exit_code, json.loads(done.stdout)) == (1, [])


def test_translate_writes_a_document_in_the_partners_dialect(plain: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.edi"
    order = SAMPLES / "order-alpenmed.json"
    done = run("--home", plain, "translate", order, "--partner", "alpenmed", "-o", target)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    [back] = json.loads(run("translate", target).stdout)
    assert back["data"]["id"] == json.loads(order.read_text())["data"]["id"]


def test_translate_writes_a_test_document_as_a_test(plain: Path, tmp_path: Path) -> None:
    document = tmp_path / "order.json"
    order = json.loads((SAMPLES / "order-alpenmed.json").read_text())
    document.write_text(json.dumps({**order, "test": True}))
    written = run("--home", plain, "translate", document, "--partner", "alpenmed").stdout
    assert written.split("'")[0].endswith("+1")


@pytest.mark.parametrize("template", ["\ufeff{}", "\ufeff[{}]"])
def test_translate_takes_the_byte_order_mark_that_a_drop_may_have(
    plain: Path, tmp_path: Path, template: str
) -> None:
    document = tmp_path / "order.json"
    document.write_text(template.format((SAMPLES / "order-alpenmed.json").read_text()))
    done = run("--home", plain, "translate", document, "--partner", "alpenmed")
    assert (done.exit_code, done.stdout[:3]) == (0, "UNB"), done.output


def test_translate_refuses_what_the_folder_would_refuse_as_another_partners(
    plain: Path, tmp_path: Path
) -> None:
    document = tmp_path / "order.json"
    order = json.loads((SAMPLES / "order-alpenmed.json").read_text())
    document.write_text(json.dumps({**order, "partner": "harbor-medical"}))
    done = run("--home", plain, "translate", document, "--partner", "alpenmed")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "partner does not fit" in done.stderr


def test_translate_refuses_a_document_nested_too_deep(plain: Path, tmp_path: Path) -> None:
    nested = '{"a":' * 400 + "1" + "}" * 400
    file = tmp_path / "deep.json"
    file.write_text(f'[{{"type": "purchase_order", "data": {nested}}}]')
    result = run("--home", plain, "translate", file, "--partner", "harbor-medical")
    assert result.exit_code == 1
    assert "nested less than 255 levels deep" in result.stderr


def test_translate_needs_a_partner_for_a_document(plain: Path) -> None:
    done = run("--home", plain, "translate", SAMPLES / "order-alpenmed.json")
    assert done.exit_code == 2
    assert "--partner" in done.output


def test_translate_says_where_it_cannot_write(tmp_path: Path) -> None:
    done = run("translate", SAMPLES / "855.edi", "-o", tmp_path / "no/such/folder/out.json")
    assert done.exit_code == 1
    assert "cannot be written" in done.output


@pytest.mark.parametrize("name", ["855.edi", "ORDRSP.edi", "INVOIC.edi"])
def test_roundtrip_holds_on_the_samples(name: str) -> None:
    done = run("roundtrip", SAMPLES / name, "--json")
    [laws] = json.loads(done.stdout)
    assert (laws["canonical_law"], laws["wire_law"]) == (True, True)
    assert laws["claimed"] <= laws["total"]
    assert done.exit_code == 0


def test_roundtrip_of_an_acknowledgment_says_there_is_nothing_to_show(tmp_path: Path) -> None:
    done = run("roundtrip", edi(tmp_path, sample("997.edi", group="1", set="0001")))
    assert done.exit_code == 1
    assert "no set with a map" in done.output


# maps


def test_map_list_names_every_map_and_its_document() -> None:
    listed = {
        one["map"]: one["document"] for one in json.loads(run("map", "list", "--json").stdout)
    }
    assert listed["x12/004010/850"] == "purchase_order"
    assert listed["edifact/D96A/INVOIC"] == "invoice"


def test_map_show_prints_the_map() -> None:
    assert "purchase_order" in run("map", "show", "x12/004010/850").stdout
    unknown = run("map", "show", "x12/004010/999")
    assert unknown.exit_code == 1
    assert "gateway map list" in unknown.output


def test_map_check_accepts_our_own() -> None:
    assert run("map", "check").exit_code == 0


def test_map_check_tells_a_broken_overlay_with_its_line(plain: Path) -> None:
    overlay = plain / "partners/alpenmed/maps/ORDERS.yaml"
    overlay.parent.mkdir()
    overlay.write_text("overlay: edifact/D96A/ORDERS\nnonsense: 1\n")
    done = run("--home", plain, "map", "check", "--partner", "alpenmed")
    assert done.exit_code == 1
    assert "ORDERS.yaml:2" in done.output


def test_map_try_shows_each_value_beside_its_element_and_rule() -> None:
    [tried] = json.loads(run("map", "try", SAMPLES / "855.edi", "--json").stdout)
    values = {one["path"]: one for one in tried["values"]}
    found = values["order_reference.id"]
    assert (found["value"], found["element"], found["segment"]) == ("4500123456", "BAK03", 2)
    assert found["rule"]
    assert "BAK03" in run("map", "try", SAMPLES / "855.edi").stdout


# the work of one home, seen


def test_once_tells_what_was_rejected_or_held_and_exits_1(plain: Path) -> None:
    inbox = plain / "inbox/harbor-medical/edi"
    (inbox / "810.edi").write_text(sample("810.edi"))
    (inbox / "letter.txt").write_text("Dear buyer")
    done = run("--home", plain, "once")
    assert done.exit_code == 1
    assert "set-rejected: harbor-medical 0002 element-too-long" in done.stderr
    assert "file-held: harbor-medical letter.txt not-edi" in done.stderr
    assert run("--home", plain, "once").exit_code == 0


def test_held_shows_what_why_and_how_to_go_on(plain: Path) -> None:
    (plain / "inbox/harbor-medical/edi/letter.txt").write_text("Dear buyer")
    run("--home", plain, "once")
    listed = run("--home", plain, "held", "list")
    assert "letter.txt" in listed.output
    [hold] = json.loads(run("--home", plain, "held", "list", "--json").stdout)
    assert (hold["name"], hold["findings"][0]["code"]) == ("letter.txt", "not-edi")
    shown = run("--home", plain, "held", "show", hold["id"]).output
    assert "An interchange starts with ISA" in shown
    assert f"gateway held release {hold['id']}" in shown
    assert f"gateway held reject {hold['id']}" in shown
    assert run("--home", plain, "held", "show", hold["id"], "--bytes").output == "Dear buyer"
    status = run("--home", plain, "status").output
    assert "letter.txt" in run("--home", plain, "trace", "letter.txt").output
    assert f"{hold['id']} (not-edi)" in status
    rejected = run("--home", plain, "held", "reject", hold["id"], "--note", "spam", "--who", "sam")
    assert rejected.exit_code == 0
    assert run("--home", plain, "held", "list").output == "Nothing is held.\n"
    assert "rejected by sam" in run("--home", plain, "held", "show", hold["id"]).output
    assert "Why it was held then:" in run("--home", plain, "held", "show", hold["id"]).output


def test_an_edifact_segment_out_of_place_is_told_of_its_message() -> None:
    checked = run("check", ROOT / "tests/cases/edifact-orders-segment-unknown/input.edi")
    assert "CPS (segment 13) does not belong in this message. Leave it out." in checked.output


def test_a_held_document_is_told_by_once_and_shown_as_it_would_be_delivered(plain: Path) -> None:
    notice = (ROOT / "tests/cases/x12-856-level-unknown/input.edi").read_text("utf-8")
    (plain / "inbox/harbor-medical/edi/856.edi").write_text(notice)
    done = run("--home", plain, "once")
    assert done.exit_code == 1
    assert done.stderr == "document-held: harbor-medical SH-88123 level-unknown\n"
    [hold] = json.loads(run("--home", plain, "held", "list", "--json").stdout)
    assert (hold["what"], hold["name"]) == ("document", "SH-88123")
    document = json.loads(run("--home", plain, "held", "show", hold["id"], "--bytes").stdout)
    assert (document["type"], document["data"]["id"]) == ("ship_notice", "SH-88123")


@pytest.mark.parametrize(
    "words",
    [
        ("held", "show"),
        ("held", "release"),
        ("held", "reject"),
        ("trace",),
        ("resend",),
        ("replay",),
    ],
)
@pytest.mark.parametrize("key", ["nope", "../../x", "%s", "'; drop table holds", "é\n"])
def test_a_key_nobody_knows_is_said_to_be_unknown(
    plain: Path, words: tuple[str, ...], key: str
) -> None:
    done = run("--home", plain, *words, key)
    assert done.exit_code == 1
    assert done.output.startswith("Error: nothing")


def test_a_home_that_received_nothing_says_so_in_json_too(plain: Path) -> None:
    held = run("--home", plain, "held", "list", "--json")
    assert (held.exit_code, json.loads(held.stdout)) == (0, [])
    assert run("--home", plain, "held", "list").output == "Nothing is held.\n"
    for worked in (False, True):
        traced = run("--home", plain, "trace", "4500123456", "--json")
        assert (traced.exit_code, traced.stderr[:14]) == (1, "Error: nothing")
        found = json.loads(traced.stdout)
        assert found.pop("key") == "4500123456"
        assert not any(found.values()), worked
        run("--home", plain, "once")


def test_what_is_not_there_makes_no_empty_table(plain: Path) -> None:
    shutil.rmtree(plain / "partners")
    assert run("--home", plain, "once").exit_code == 0
    shown = run("--home", plain, "status").output.splitlines()
    assert shown == ["Gateway: not running; start it: gateway run", "Nothing needs a person."]
    listed = run("--home", plain, "partner", "list").output
    assert listed == "No partners yet. Next: gateway partner add NAME\n"


def test_trace_tells_the_life_of_an_order(plain: Path) -> None:
    folder = plain / "outbox/alpenmed/documents"
    (folder / "po.json").write_text(sample("order-alpenmed.json"))
    (plain / "inbox/alpenmed/edi/ORDRSP.edi").write_text(sample("ORDRSP.edi"))
    run("--home", plain, "once")
    life = json.loads(run("--home", plain, "trace", "4500123457", "--json").stdout)
    assert {one["type"] for one in life["documents"]} == {
        "purchase_order",
        "purchase_order_response",
    }
    assert {"document-sent", "document-published"} <= {one["event"] for one in life["journal"]}
    shown = run("--home", plain, "trace", "4500123457").output
    assert "document-sent" in shown


def test_trace_finds_what_was_refused_by_the_number_it_names(plain: Path) -> None:
    folder = plain / "outbox/alpenmed/documents"
    text = sample("order-alpenmed.json")
    (folder / "po.json").write_text(text.replace('"EUR"', '"EURO"'))
    run("--home", plain, "once")
    shown = run("--home", plain, "trace", "4500123457").output
    assert shown.startswith("Findings of po.json\n")
    assert "currency" in shown
    assert "document-refused" in shown


def test_trace_gives_back_the_bytes_of_a_file(plain: Path) -> None:
    two = sample("855.edi") + sample("810.edi")
    (plain / "inbox/harbor-medical/edi/two.edi").write_text(two)
    order = sample("order-alpenmed.json")
    (plain / "outbox/alpenmed/documents/po.json").write_text(order)
    run("--home", plain, "once")
    [sent] = (plain / "outbox/alpenmed/edi").glob("ORDERS*")
    [document] = (plain / "inbox/harbor-medical/documents").glob("purchase_order_response-*")

    def traced(key: str) -> str:
        return run("--home", plain, "trace", key, "--bytes").stdout

    assert traced("two.edi") == two
    assert traced("000000502") == sample("855.edi").rstrip()
    assert traced("po.json") == order
    assert traced(sent.name) == sent.read_text()
    assert traced(json.loads(document.read_text())["id"]) == document.read_text()
    for key in ("SO-88123", "nope"):
        done = run("--home", plain, "trace", key, "--bytes")
        assert (done.exit_code, done.stdout) == (1, "")
        assert f"nothing called {key} has bytes of its own: give the name of one" in done.stderr


def test_a_repeat_leads_to_what_it_repeats(plain: Path) -> None:
    for name in ("855.edi", "again.edi"):
        (plain / "inbox/harbor-medical/edi" / name).write_text(sample("855.edi"))
        run("--home", plain, "once")
    life = json.loads(run("--home", plain, "trace", "again.edi", "--json").stdout)
    assert [one["number"] for one in life["documents"]] == ["SO-88123"]
    assert {one["name"] for one in life["files"]} == {"855.edi", "again.edi"}
    assert "interchange-duplicate" in {one["event"] for one in life["journal"]}


def test_trace_tells_the_findings_of_a_document_that_was_delivered(plain: Path) -> None:
    text = sample("855.edi").replace("CTT*2", "CTT*3")
    (plain / "inbox/harbor-medical/edi/855.edi").write_text(text)
    assert run("--home", plain, "once").exit_code == 0
    shown = run("--home", plain, "trace", "SO-88123").output
    assert "Findings of purchase_order_response SO-88123" in shown
    assert "total-mismatch: CTT01" in shown
    [document] = json.loads(run("--home", plain, "trace", "SO-88123", "--json").stdout)["documents"]
    assert [one["code"] for one in document["findings"]] == ["total-mismatch"]


def test_roundtrip_tells_a_wrong_total_and_does_not_repeat_it(tmp_path: Path) -> None:
    wrong = (SAMPLES / "855.edi").read_text().replace("CTT*2", "CTT*3")
    done = run("roundtrip", edi(tmp_path, wrong), "--json")
    [laws] = json.loads(done.stdout)
    assert (done.exit_code, laws["wire_law"]) == (0, True)
    differences = [(one["cause"], one["received"], one["written"]) for one in laws["differences"]]
    assert differences == [("wrong total", "3", "2")]


def test_what_others_wrote_does_not_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("", ("name",), [["\x1b[2Jpo\x07.json"], ["bestell\u00fcbersicht"]])
    printed = capsys.readouterr().out
    assert "\N{REPLACEMENT CHARACTER}[2Jpo\N{REPLACEMENT CHARACTER}.json" in printed
    assert "bestell\u00fcbersicht" in printed
