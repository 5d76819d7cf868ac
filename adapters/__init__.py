"""The connectors, a package for each kind of system. They see the port, the canonical model, errors, log and clock."""
