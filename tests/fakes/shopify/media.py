"""Pictures of products: room for uploads, files, and the shop's work on them (apps: manage media for products)."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.fakes.forms import parts_of
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply
from tests.fakes.shopify.asking import Info, Row, number, said

if TYPE_CHECKING:
    from tests.fakes.shopify.shop import Shopify

STORAGE = "https://shopify-staged-uploads.storage.googleapis.com/tmp"
WORK = ("UPLOADED", "PROCESSING", "READY")
BROKEN = b"broken"
"""Content with it cannot be processed."""
TOLD = b"<?xml version='1.0' encoding='UTF-8'?><PostResponse><Bucket>staged</Bucket></PostResponse>"
TURNED_AWAY = b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>InvalidPolicyDocument</Code></Error>"


def stage(shop: "Shopify", _info: Info, input: list[Row]) -> Row:  # noqa: A002
    """Mutation "stagedUploadsCreate": room for a file, with the form that goes along with it."""
    targets: list[Row] = []
    for each in input:
        if each["resource"] == "IMAGE" and not each["mimeType"].startswith("image/"):
            return said("mimeType is not supported for this resource", "input", "mimeType")
        assert each.get("httpMethod") == "POST", "PUT is the default, and wants its parameters as headers"
        id_ = len(shop.staged) + 1
        form = {"Content-Type": each["mimeType"], "success_action_status": "201", "acl": "private"}
        form |= {"key": f"tmp/{id_}/{each['filename']}", "policy": f"policy{id_}"}
        shop.staged[f"{STORAGE}/{id_}/{each['filename']}"] = {"id": id_, "form": form, "content": None}
        parameters = [{"name": name, "value": value} for name, value in form.items()]
        url, resource = f"{shop.server.url}/staged/{id_}", f"{STORAGE}/{id_}/{each['filename']}"
        targets.append({"url": url, "resourceUrl": resource, "parameters": parameters})
    return {"stagedTargets": targets, "userErrors": []}


def upload(shop: "Shopify", asked: Asked, id_: str) -> Reply:
    """Take a form as the storage does: all that was given with the room, then the file; it answers in XML."""
    assert "x-shopify-access-token" not in asked.headers, "the storage is not the shop's"
    parts = parts_of(asked)
    place = next(each for each in shop.staged.values() if each["id"] == int(id_))
    form = {name: content.decode() for name, content in parts[:-1]}
    if form != place["form"] or parts[-1][0] != "file":
        return Reply(403, TURNED_AWAY, {"content-type": "application/xml"})
    place["content"] = parts[-1][1]
    return Reply(201, TOLD, {"content-type": "application/xml"})


def set_files(shop: "Shopify", product: Record, given: list[Row]) -> Row | None:
    """Input "FileSetInput": the product has these from now on, in this order; returns what is wrong."""
    ids: list[int] = []
    for place, each in enumerate(given):
        where = ("input", "files", str(place))
        if "id" in each:
            if number(each["id"]) not in shop.files.records:
                return said("File does not exist", *where, "id", code="FILE_DOES_NOT_EXIST")
            ids.append(number(each["id"]))
            continue
        staged, name = shop.staged.get(each["originalSource"]), each["filename"]
        if staged is None or staged["content"] is None:
            return said("Image could not be downloaded", *where, "originalSource", code="INVALID_INPUT")
        if urlsplit(each["originalSource"]).path.rpartition(".")[2] != name.rpartition(".")[2]:
            return said("Provided filename extension must match original source.", *where, "filename")
        stem, _, kind = name.rpartition(".")
        if any(other.values["name"] == name for other in shop.files.there()):
            name = f"{stem}_{len(shop.files.records):08x}-51c4.{kind}"  # duplicateResolutionMode: APPEND_UUID
        ids.append(shop.files.add({"name": name, "content": staged["content"], "turn": 0}).id)
    product.values["media"] = ids
    return None


def shown(shop: "Shopify", id_: int) -> Row:
    """Object "MediaImage": each look finds the shop's work a step further; until it is done there is no address."""
    values = shop.files.records[id_].values
    status = WORK[min(values["turn"], 2)]
    if status == "READY" and BROKEN in values["content"]:
        status = "FAILED"
    values["turn"] += not shop.busy
    error = {"code": "IMAGE_PROCESSING_FAILURE", "message": "Image could not be processed", "details": "too large"}
    url = f"https://cdn.shopify.com/s/files/1/0551/files/{values['name']}?v=17"
    told = {"__typename": "MediaImage", "id": f"gid://shopify/MediaImage/{id_}", "status": status}
    told |= {"mediaErrors": [error] if status == "FAILED" else [], "mediaContentType": "IMAGE"}
    return told | {"image": {"url": url} if status == "READY" else None}
