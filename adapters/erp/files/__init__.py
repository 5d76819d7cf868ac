"""ERPs without an interface, reached by files in folders: they export lists, and import an order a file.

What comes in is taken as `adapters.files` takes it. What goes out is an order, in a file of the form that hub.toml
describes. The buyer stands in it: customers have no files of their own. Nothing is ever taken back or deleted; what a
list does not name any more is not gone. docs/connectors/file-exchange.md says how to set it up.

Reading order: options, order_files (what the user says), connector, handing (how a file is handed out once), ledger (what was), forms (what is in it).
"""
