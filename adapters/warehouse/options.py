"""The table [systems.NAME] of a warehouse whose data comes as files."""

from adapters.files.options import FolderOptions


class FilesOptions(FolderOptions):
    """Folders of this machine (or mounted on it), and the formats of the files that come there."""
