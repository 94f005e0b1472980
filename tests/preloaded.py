"""What the server of `started` has loaded before a gateway is forked off it."""

from gateway.engine import definitions
from tests import packaged

for set_ in ("x12/004010/850", "x12/004010/855", "edifact/D96A/ORDERS", "edifact/D96A/ORDRSP"):
    packaged.load_packaged(*set_.split("/"))
for overlay in packaged.OVERLAYS.values():
    set_ = overlay.read_text().partition("overlay: ")[2].split()[0]
    packaged.load_packaged(*set_.split("/"), overlay)
definitions.load_map = packaged.load
