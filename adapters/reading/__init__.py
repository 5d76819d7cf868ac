"""Ways through lists: whole, by pages, by cursors, by change marks, by journals."""
