"""``chartassay deid`` from the outside: forms of input, exit codes, no network."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
NOTE = "Mr. Alder Quimby (MRN: 12345678)\r\nof Springfield, IL 62704 \U0001f600 a\x00b, seen 3/5/2021."
TAGGED = "[NAME] (MRN: [MRN])\r\nof [LOCATION:IL] [ZIP:627] \U0001f600 a\x00b, seen [DATE:2021]."

NO_NETWORK = """
import socket, sys
def refuse(*a, **k):
    raise SystemExit(99)
socket.getaddrinfo = refuse
socket.socket.connect = refuse
socket.create_connection = refuse
from audit.cli import run_command
sys.exit(run_command(sys.argv[1:]))
"""


def deid(*arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
    data = given if isinstance(given, bytes) else given.encode()
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        [sys.executable, "-c", NO_NETWORK, "deid", *arguments],
        input=data,
        capture_output=True,
        env=environment,
        check=False,
    )


def test_plain_text_comes_back_transformed_byte_for_byte() -> None:
    done = deid("-", given=NOTE)
    assert done.returncode == 0
    assert done.stdout.decode() == TAGGED


def test_json_prints_spans_of_the_input() -> None:
    done = deid("-", "--json", given=NOTE)
    result = json.loads(done.stdout)
    assert result["schema_version"] == 1
    assert result["text"] == TAGGED
    assert NOTE[result["spans"][0]["start"] : result["spans"][0]["end"]] == "Mr. Alder Quimby"


def test_jsonl_keeps_ids_and_uses_the_record_of_each_line(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "text": "quimby was late", "known": {"family_name": "Quimby"}},
        {"id": 2, "text": "https://portal.example.org/u/1 \ud800"},
    ]
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = deid(str(path), "--jsonl")
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert first == {"id": "a", "text": "[NAME] was late", "spans": [{"start": 0, "end": 6, "type": "NAME"}]}
    assert second["id"] == 2
    assert second["text"] == "[URL] \ud800"


def test_known_file_serves_a_plain_text(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"kin": ["Zed Orbley"]}), encoding="utf-8")
    assert deid("-", "--known", str(known), given="orbley came along").stdout == b"[NAME] came along"


@pytest.mark.parametrize(
    ("arguments", "given", "code", "words"),
    [
        (["-", "--jsonl"], '{"text": "a"}\nQuimby', 3, "line 2: not JSON"),
        (["-", "--jsonl"], '{"id": 1}', 3, "line 1: field text"),
        (["-", "--jsonl"], '{"text": "a", "known": {"birth_date": "Quimby"}}', 3, "field birth_date"),
        (["-"], b"caf\xe9 Quimby", 3, "not UTF-8 at byte 3"),
        (["no-such-file"], "", 3, "no-such-file: no such file"),
        (["-", "--known", "no-such-file"], "", 3, "no-such-file"),
        (["-", "--method", "limited"], "Quimby", 2, "agreement"),
        (["-", "--method", "none"], "Quimby", 2, "method"),
    ],
)
def test_bad_input_gets_one_clear_line_and_prints_nothing(
    arguments: list[str], given: str | bytes, code: int, words: str
) -> None:
    done = deid(*arguments, given=given)
    assert done.returncode == code
    assert done.stdout == b""
    first, *_ = done.stderr.decode().splitlines()
    assert first.startswith("chartassay: ")
    assert words in first
    assert "Quimby" not in done.stderr.decode()


def test_a_limited_data_set_keeps_dates_and_towns_under_its_agreement() -> None:
    done = deid("-", "--method", "limited", "--agreement", "DUA-7", given=NOTE)
    assert done.stdout.decode() == "[NAME] (MRN: [MRN])\r\nof Springfield, IL 62704 \U0001f600 a\x00b, seen 3/5/2021."


def test_an_empty_text_is_an_empty_text() -> None:
    assert deid("-", given="").returncode == 0
