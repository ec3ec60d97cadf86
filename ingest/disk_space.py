"""Whether there is room for a generation, asked before the hours that its vectors may take."""

import errno
import os
import shutil
from pathlib import Path

from retriever.store.durable import storage_failures


def refuse_full_disk(staging: Path, needed_bytes: int) -> None:
    """Raises StorageFailed where the disk has less room than the generation takes at least.

    What lies in `staging` is a part of it already. A quota is not known beforehand; it shows when it is met.
    """
    with storage_failures(staging.parent, needed_bytes=needed_bytes):
        present = sum(path.stat().st_size for path in staging.iterdir())
        if shutil.disk_usage(staging).free < needed_bytes - present:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
