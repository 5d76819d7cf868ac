"""Private servers for tests, on free ports of the loopback: they touch no other server and leave nothing behind."""
