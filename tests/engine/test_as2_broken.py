"""AS2 with a partner whose definition is broken at a start: what is due waits, who posts may come
again."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

from as2_pair import As2Desk
from as2_pair import make_pair
from as2_posts import Sink
from as2_posts import crafted
from as2_posts import order_850
from as2_posts import post
from engine_wire import order

from gateway.store import As2State


def test_what_is_due_waits_and_who_posts_is_asked_to_come_again(tmp_path: Path) -> None:
    harbor = make_pair(tmp_path, {"plain_http": "no"})[1]
    settings = harbor / "partners/northfield/partner.yaml"
    right = settings.read_text()
    desk = As2Desk(harbor)
    desk.send("northfield", order("4500000001"))  # nobody listens there: it is to be tried again
    assert desk.message().state is As2State.QUEUED
    desk.close()
    settings.write_text(right + "colour: red\n")
    broken = As2Desk(harbor)
    broken.later = timedelta(hours=1)
    broken.open()
    broken.work()
    assert broken.message().state is As2State.QUEUED
    assert broken.held() == []
    assert post(broken, crafted(order_850())).status == 503
    settings.write_text(right)
    assert "broken" in broken.act(command="reload")
    assert post(broken, crafted(order_850())).status == 200
    broken.close()


def test_much_that_waits_for_one_partner_stands_before_nobody_elses(tmp_path: Path) -> None:
    north = make_pair(tmp_path, {"receipt": "none", "retry_after": "1 minute"})[0]
    broken, other = north / "partners/harbor-medical", north / "partners/second"
    desk = As2Desk(north)
    for number in range(220):  # more than are looked at in a go
        dropped = json.dumps(order(f"4{number}"))
        desk.drop("outbox/harbor-medical/documents", f"{number}.json", dropped)
    desk.work()  # nobody listens there
    desk.close()
    shutil.copytree(broken, other)
    with (broken / "partner.yaml").open("a") as file:
        file.write("colour: red\n")
    with Sink(0, tmp_path / "sink") as sink:
        text = (broken / "partner.yaml").read_text().replace("HARBORMED", "SECOND")
        text = re.sub(r"127.0.0.1:\d+", f"127.0.0.1:{sink.port}", text).replace("colour: red\n", "")
        (other / "partner.yaml").write_text(text)
        desk = As2Desk(north)
        desk.later = timedelta(hours=1)
        desk.send("second", order("4500000001"))
        assert len(sink.posted) == 1
        desk.close()
