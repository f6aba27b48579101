"""Files in S3-compatible storage, by the requests that are needed and no others.

fsspec's general calls would list folders to find out whether a file is there, and leave the parts of a large file
behind when a transfer breaks.  Every upload carries its MD5, so that a body that was cut is refused by the storage.
"""

import base64
import hashlib
import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from twin.errors import StoreBusy, TwinError
from twin.store.blob_remote import RemoteFiles, persistently

PART = 16 << 20  # bytes of a part of a large file
WHOLE = 2 * PART  # up to here a file is sent at once
_MOST_PARTS = 9000  # S3 allows 10,000
_SENDERS = 4
_CONNECT, _READ = 5, 20  # seconds until a connection stands, and between two pieces of an answer


class S3Files(RemoteFiles):
    """Files in a bucket; endpoint and keys come from AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."""

    options: ClassVar[dict[str, Any]] = {
        "use_listings_cache": False,
        "config_kwargs": {
            "connect_timeout": _CONNECT,
            "read_timeout": _READ,
            "retries": {"total_max_attempts": 1, "mode": "standard"},  # `persistently` tries again, nobody else
            "max_pool_connections": 32,
        },
    }

    def size(self, path: str) -> int | None:
        """Return the bytes of a file; None where it is not there."""
        try:
            return int(self._ask("head_object", path)["ContentLength"])
        except FileNotFoundError:
            return None

    def write(self, path: str, payload: bytes) -> None:
        """Write a file."""
        try:
            self._ask("put_object", path, Body=payload, ContentMD5=_md5(payload))
        except FileNotFoundError as error:
            raise self._no_bucket() from error

    def write_file(self, path: str, source: Path) -> None:
        """Copy a file of the disk, a large one by parts; parts of a copy that breaks are taken away."""
        size = source.stat().st_size
        if size <= WHOLE:
            self.write(path, source.read_bytes())
            return
        try:
            upload = self._ask("create_multipart_upload", path)["UploadId"]
        except FileNotFoundError as error:
            raise self._no_bucket() from error
        try:
            self._send(path, source, size, upload)
        except BaseException:
            with suppress(TwinError, FileNotFoundError):  # `remove_unfinished` finds what is left now
                self._ask("abort_multipart_upload", path, UploadId=upload)
            raise

    def remove(self, path: str) -> None:
        """Remove a file; one that has gone is no error."""
        with suppress(FileNotFoundError):
            self._ask("delete_object", path)

    def remove_unfinished(self) -> int:
        """Abort the uploads of large files that killed writers left, and say how many that were."""
        bucket, _, prefix = self._files()[1].partition("/")
        start = f"{prefix}/" if prefix else ""
        count = 0
        after: dict[str, str] = {}
        while True:
            found = self._request("list_multipart_uploads", Bucket=bucket, Prefix=start, **after)
            for upload in found.get("Uploads", ()):
                with suppress(FileNotFoundError):
                    wanted = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
                    self._request("abort_multipart_upload", Bucket=bucket, **wanted)
                count += 1
            if not found.get("IsTruncated"):
                return count
            after = {"KeyMarker": found["NextKeyMarker"], "UploadIdMarker": found["NextUploadIdMarker"]}

    def _send(self, path: str, source: Path, size: int, upload: str) -> None:
        step = max(PART, math.ceil(size / _MOST_PARTS))

        def send(number: int) -> dict[str, Any]:
            with open(source, "rb") as file:
                file.seek((number - 1) * step)
                part = file.read(step)
            made = self._ask("upload_part", path, UploadId=upload, PartNumber=number, Body=part, ContentMD5=_md5(part))
            return {"PartNumber": number, "ETag": made["ETag"]}

        with ThreadPoolExecutor(_SENDERS) as pool:
            parts = list(pool.map(send, range(1, math.ceil(size / step) + 1)))
        try:
            self._ask("complete_multipart_upload", path, UploadId=upload, MultipartUpload={"Parts": parts})
        except FileNotFoundError:  # an answer that was lost: then the file is there, and the upload is not any more
            if self.size(path) != size:
                raise StoreBusy("The object storage {place} lost an upload: try again.", place=self.place) from None

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        """Return the answer to a request for one file."""
        bucket, _, key = f"{self._files()[1]}/{path}".partition("/")
        return self._request(method, Bucket=bucket, Key=key, **arguments)

    def _request(self, method: str, **arguments: Any) -> Any:
        return persistently(lambda: self._files()[0].call_s3(method, **arguments), self.place)

    def _no_bucket(self) -> TwinError:
        return TwinError("There is no bucket for {place}: make it first, by the storage's own tools.", place=self.place)

    def _make(self) -> tuple[Any, str]:
        files, root = super()._make()
        files.retries = 1
        return files, root


def _md5(content: bytes) -> str:
    """Return the header Content-MD5 (RFC 1864): against accidents on the way, not against attackers."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
