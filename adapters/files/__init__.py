"""Files in folders, whoever delivers them: taken once, read a page at a time, moved away when all is stored.

Reading order: options and format (what the user says), delivery (one pass), taking (of files), intake (one file),
readers and one reader a file type, translate (a row to a record), pages.
"""
