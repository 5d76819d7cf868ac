"""Small fakes of the systems that examples/rest describes, each from its vendor's public documentation."""
